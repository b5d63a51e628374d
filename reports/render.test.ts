import { expect, test } from 'vitest'
import { fakePredictedRun, fakeRun, halfTaken, measuring } from '../harness/testing/fake-run.ts'
import { placedCells } from '../harness/testing/fixtures.ts'
import { renderReport } from './render.ts'

test('the page says what was claimed, measured and concluded', async () => {
  const page = await renderReport(fakeRun())
  expect(page).toContain('It runs.')
  expect(page).toContain('Measured here: 1 experiment, 7 cells, 49 sound samples')
  expect(page).toContain('cipher: 2 replicas reach')
  expect(page).toContain('r = 0.10')
})

test('a topology is drawn as the run found it, beside the settings of its peer', async () => {
  const drawing = 'stack (our stack) ── tap-move ── peer (Linux)\nright (switch)    ── veth ── peer (Linux)'
  const page = await renderReport(
    fakeRun({ manifest: { topologies: { tap: { drawing, congestionControl: 'reno' } } } }),
  )
  expect(page).toContain(`<pre>${drawing}</pre>`)
  expect(page).toContain('<span class="count">1 setting</span>')
  expect(page).toContain('<dt>congestionControl</dt><dd>reno</dd>')
})

test('windows over time are drawn once a cell, with what they reach in words', async () => {
  const points = [
    [0, 14_480, 1448, 65_536],
    [10, 40_000, 30_000, 1_000_000],
  ]
  const page = await renderReport(
    fakeRun({ sample: (sample) => ({ ...sample, windows: { settledMillis: 5, points } }) }),
  )
  expect(page.split('Windows over time, ')).toHaveLength(8)
  expect(page).toContain(
    'congestion window at most 40.0 kB, in flight at most 30.0 kB, receive window at most 1\u202f000 kB',
  )
})

test('a chart whose labels need more room than a panel scrolls, and is not scaled down', async () => {
  const few = await renderReport(fakeRun())
  expect(few).not.toContain('<div class="panel broad">')
  const page = await renderReport(
    fakeRun({
      definition: {
        cells: [
          { strategy: ['sequential'], payloadWork: ['cipher'] },
          {
            strategy: ['replicated'],
            replicas: [1, 2],
            payloadWork: ['cipher'],
            emission: ['relaxed', 'ordered'],
            chunk: [8],
          },
        ],
        baselines: ['sequential'],
      },
    }),
  )
  expect(page).toMatch(/<div class="panel broad"><h5>cipher<\/h5><div class="scroll" tabindex="0"[^>]*><svg/)
})

test('the page needs no network and no script', async () => {
  const page = (await renderReport(fakeRun())).replaceAll('http://www.w3.org/', '')
  expect(page).not.toMatch(/<link|<img|@import|url\((?!#)|https?:\/\//)
  // Charts that live, and nothing else, are the business of scripts; both of these come last.
  const [before, ...scripts] = page.split('<script')
  expect(scripts).toHaveLength(2)
  expect(before).toContain('</main>')
})

test('every identifier of the page is used once', async () => {
  const ids = [...(await renderReport(fakeRun())).matchAll(/ id="([^"]+)"/g)].map((match) => match[1])
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

test('every link within the page leads somewhere', async () => {
  const page = await renderReport(fakeRun())
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]))
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1])
  expect(targets.length).toBeGreaterThan(7)
  expect(targets.filter((target) => !ids.has(target))).toEqual([])
})

test('every sample links to its log', async () => {
  const run = fakeRun()
  const page = await renderReport(run)
  for (const sample of run.samples) expect(page).toContain(`href="${sample.log}"`)
})

test('what came from a run cannot become markup', async () => {
  const run = fakeRun({
    manifest: { complete: false, remarks: ['<script>alert(1)</script>'] },
    sample: (sample) => ({ ...sample, note: '<b>bold</b>' }),
  })
  const page = await renderReport(run)
  expect(page).toContain('&lt;script&gt;alert')
  expect(page).not.toContain('<script>alert')
  expect(page).not.toContain('<b>bold</b>')
})

test('a failed sample is told with its reason, and the page says that the run is not complete', async () => {
  const run = fakeRun({
    manifest: { complete: false, remarks: ['1 samples failed.'] },
    sample: (sample) => {
      if (sample.order !== 3) return sample
      const { experiment, cell, factors, round, attempt, order, startedAt, log } = sample
      const failure = { reason: 'The peer died.', remedy: 'Look at its log.' }
      return { experiment, cell, factors, round, attempt, order, startedAt, log, status: 'failed', failure }
    },
  })
  const page = await renderReport(run)
  expect(page).toContain('This run is not complete')
  expect(page).toContain('The peer died.')
})

test('what was disturbed from outside is told first, at its cell and at its sample', async () => {
  const run = fakeRun({
    manifest: { notices: ['1 of 49 samples were disturbed from outside.'] },
    sample: (sample) => (sample.order === 3 ? { ...sample, interference: halfTaken } : sample),
  })
  const page = await renderReport(run)
  expect(page).toContain('1 of 49 samples were disturbed from outside.')
  expect(page).toContain('1 disturbed')
  expect(page).toContain('Does not count: others used 50 % of a processor')
})

test('a divergence is marked', async () => {
  const run = fakeRun({ sample: (sample) => (sample.order === 3 ? { ...sample, divergences: 5 } : sample) })
  expect(await renderReport(run)).toContain('<strong class="bad">5</strong>')
})

test('a run without samples still has a page', async () => {
  const page = await renderReport({ ...fakeRun(), samples: [] })
  expect(page).toContain('cannot tell here')
  expect(page).not.toContain('NaN')
  expect(page).not.toContain('Infinity')
})

test('what something costs is drawn and listed for each cell that pays', async () => {
  const run = fakeRun({
    definition: {
      cells: [
        { strategy: ['replicated'], replicas: [1, 2], payloadWork: ['cipher'], digests: ['on', 'off'] },
      ],
      baselines: ['single-replica'],
      verdict: { kind: 'cost', factor: 'digests', of: 'on', over: 'off', atMost: 0.03 },
      rounds: { full: 7, quick: 2, target: 0.01 },
    },
    sample: (sample) => measuring(sample, { goodputMbps: sample.factors.digests === 'on' ? 98 : 100 }),
  })
  const page = await renderReport(run)
  expect(page).toContain('cipher, N=2: digests on costs 2.0 % of the goodput')
  expect(page).toContain('cipher, N=1: 2.0 %, 2.0 % to 2.0 %; cipher, N=2: 2.0 %')
  expect(page.match(/<td><b>2\.0 %<\/b>/g)).toHaveLength(2)
  expect(page).not.toContain('NaN')
  expect(await renderReport(fakeRun())).not.toContain('What digests cost')
})

test('a crossover is drawn along its factor, with how evenly connections share', async () => {
  const own = { payloadWork: ['checksum' as const], connections: [1, 8] }
  const page = await renderReport(
    fakeRun({
      definition: {
        cells: [
          { strategy: ['sequential'], ...own },
          { strategy: ['replicated', 'locked'], replicas: [2], ...own },
        ],
        baselines: ['sequential'],
        verdict: {
          kind: 'crossover',
          factor: 'connections',
          of: 'replicated',
          over: 'locked',
          aheadAt: 'first',
          refutableFromCores: 3,
        },
      },
      sample: (sample) => {
        const { strategy, connections } = sample.factors
        const goodputMbps = strategy !== 'replicated' ? 100 : connections === 1 ? 150 : 50
        return measuring(sample, { goodputMbps, jainIndex: connections === 1 ? null : 0.75 })
      },
    }),
  )
  expect(page).toContain('they cross between 1 connection and 8 connections.')
  expect(page).toContain(
    '>Goodput over strategy “locked”</title><desc id="small-crossover-wide-text">1 connection, N=2: 1.50; 8 connections, N=2: 0.50</desc>',
  )
  expect(page).toContain('Times strategy “locked”')
  expect(page).toContain('>Jain’s index, checksum, 8 connections</title>')
  // One connection has nobody to share with.
  expect(page).not.toContain('no sample was measured')
  expect(page).not.toContain('NaN')
  const others = await renderReport(fakeRun())
  expect(others).not.toContain('<b>Jain’s index.</b>')
  expect(others).not.toContain('small-crossover')
})

test('cells over several topologies and paths say which, in panels of their own', async () => {
  const counts = { written: 3293, delivered: 3262, delayed: 3262, lost: 31, duplicated: 0 }
  const direction = { ...counts, reordered: 0, corrupted: 0, queueDrops: 0, refused: 0 }
  const run = fakeRun({
    definition: {
      cells: [
        {
          strategy: ['sequential'],
          topology: ['tap', 'veth-packet'],
          payloadWork: ['cipher'],
          direction: ['send', 'receive'],
          impairment: [{}, { lossProbability: 0.01, delayMicros: 5000 }],
        },
      ],
      baselines: ['sequential'],
    },
    sample: (sample) => ({
      ...sample,
      path: { outgoing: direction, incoming: { ...direction, written: 1 } },
    }),
  })
  const page = await renderReport(run)
  expect(page).toContain('<h5>cipher, send, 1 % loss, 5 ms delay, veth-packet</h5>')
  expect(page).toContain('<h5>cipher, receive, unimpaired, tap</h5>')
  expect(page).toContain('cipher, send, 1 % loss, 5 ms delay, veth-packet, Sequential')
  expect(page).toMatch(/On the path: out 3.293 frames, 3.262 delayed, 31 lost; in 1 frame, 3.262 delayed/)
  expect(page).not.toContain('[object')
  expect(page).not.toContain('NaN')
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1])
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

test('a cell that the machine cannot run is in the table with its reason, and in nothing else', async () => {
  const run = fakeRun({ definition: { cells: placedCells, baselines: ['sequential'] } })
  const page = await renderReport(run)
  const reason = '4 threads a core each need 4 cores, and this machine has 2'
  expect(
    page.match(new RegExp(`<td colspan="\\d+" class="words">not measured here: ${reason}</td>`, 'g')),
  ).toHaveLength(1)
  expect(page).toContain(`1 of 5 cells was not measured here: ${reason}.`)
  expect(page).toContain('Measured here: 1 experiment, 4 cells, 28 sound samples')
  expect(page).not.toContain('The run is not complete')
  expect(page).toContain('<h5>checksum, two a core</h5>')
})

test('the caveats follow from the machine', async () => {
  const shared = await renderReport(fakeRun())
  expect(shared).toContain('The machine has 2 cores, and the peer runs on the same ones')
  const roomy = fakeRun()
  const page = await renderReport({
    ...roomy,
    manifest: { ...roomy.manifest, machine: { ...roomy.manifest.machine, cores: 16 } },
  })
  expect(page).not.toContain('stack and peer compete for processors')
})

test('the same run gives the same page', async () => {
  expect(await renderReport(fakeRun())).toBe(await renderReport(fakeRun()))
})

test('predictions are told apart from measurements, with their errors', async () => {
  const page = await renderReport(fakePredictedRun())
  expect(page).toContain('Predicted speed-up over sequential, 1 … 64 replicas.')
  expect(page).toContain('Predicted against measured goodput, 6 cells: median error')
  expect(page).toMatch(/Replicated: predicted [\d.]+ \[[\d.]+ … [\d.]+\] at best, with N=64/)
  expect(page).toContain('All predictions with a processor for each thread <span class="count">10</span>')
  expect(page).toContain('href="predictions.ndjson"')
  expect(page).toContain('They know no limit of memory bandwidth')
  expect(await renderReport(fakeRun())).not.toContain('They know no limit of memory bandwidth')
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1])
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

test('where predictions failed, the page says why and shows what was measured', async () => {
  const failure = { reason: 'There is no <room>.', remedy: 'Make some.' }
  const line = { kind: 'failure', experiment: 'small', failure } as const
  const page = await renderReport({ ...fakePredictedRun(), predictions: [line] })
  expect(page).toContain('There is no &lt;room&gt;.')
  expect(page).toContain('cannot tell here')
  expect(page).toContain('Goodput, cipher')
  expect(page).not.toContain('NaN')
})

test('requests and responses are drawn as their measures are declared: rates, ratios, and a distribution', async () => {
  const page = await renderReport(
    fakeRun({
      definition: {
        workload: { kind: 'request-response', seconds: 1, warmupSeconds: 1 },
        cells: [
          { strategy: ['sequential'], payloadWork: ['copy'], ...exchange },
          { strategy: ['replicated'], replicas: [2], payloadWork: ['copy'], ...exchange },
          { strategy: ['linux'], topology: ['veth'], offload: ['off'], ...exchange },
        ],
        baselines: ['sequential'],
      },
      sample: (sample) => ({
        ...sample,
        measures: {
          transactionsPerSecond: sample.factors.replicas === 2 ? 15_000 : 10_000,
          latencyMicros: [
            [500, 999],
            [900, 1],
          ],
          stackMicrosPerTransaction: 40,
          peerMicrosPerTransaction: null,
          retransmits: 2,
        },
      }),
    }),
  )
  expect(page).toContain('<h5>copy, server, 1 B, depth 32</h5>')
  expect(page).toContain('N=2: 15.0 k/s, 15.0 to 15.0')
  expect(page).toContain('Transactions, over the sequential stack.')
  expect(page).toContain(
    '>Transactions over the sequential stack</title><desc id="small-ratios-wide-text">N=2: 1.50</desc>',
  )
  expect(page).toContain('Latency, cumulative')
  expect(page).toMatch(/Linux: p50 \d+, p99 \d+, p99\.9 \d+ µs/)
  expect(page).toContain('Latency p99.9<small>µs</small>')
  expect(page).not.toContain('Goodput')
  expect(page).not.toContain('NaN')
})

test('latencies are drawn against the load that was offered, and told where they were left out', async () => {
  const requests = { messageBytes: [1024], offeredPerSecond: [500, 3000] }
  const page = await renderReport(
    fakeRun({
      definition: {
        workload: { kind: 'open-loop', seconds: 1, warmupSeconds: 1 },
        cells: [
          { ...requests, strategy: ['sequential'], payloadWork: ['copy'] },
          { ...requests, strategy: ['replicated'], replicas: [2], payloadWork: ['copy'] },
          { ...requests, strategy: ['linux'], topology: ['veth'], offload: ['off'] },
        ],
        baselines: ['sequential'],
      },
      sample: (sample) => {
        const isLate = sample.factors.replicas === 2 && sample.factors.offeredPerSecond === 3000
        return {
          ...sample,
          note: isLate ? 'The generator was late.' : '',
          measures: { tailLatencyMicros: isLate ? null : 90, latencyMicros: isLate ? [] : [[500, 999]] },
        }
      },
    }),
  )
  for (const quantile of ['p50', 'p99', 'p99.9']) expect(page).toContain(`<h5>${quantile}, copy, 1 KiB</h5>`)
  expect(page).toMatch(
    /Sequential at 500 per second: [\d.]+ µs; N=2 at 500 per second: [\d.]+ µs; Linux at 500/,
  )
  expect(page).toMatch(/Sequential at 3000 per second: [\d.]+ µs; Linux at 3000/)
  expect(page).toContain('The generator was late.')
  expect(page).not.toContain('NaN')
})

const exchange = { role: ['server' as const], messageBytes: [1], depth: [32] }

test('the page of a shard says which it is, and that its verdicts are not those of the whole', async () => {
  const whole = fakeRun()
  const [experiment] = whole.manifest.experiments
  const cells = { small: [...(experiment?.cells.map(({ id }) => id) ?? []), 'a-cell-of-another-shard'] }
  const page = await renderReport(fakeRun({ manifest: { shard: { index: 2, count: 3, cells } } }))
  expect(page).toContain('This is shard 2 of 3')
  expect(page).toContain('It measured 7 of 8 cells')
  expect(await renderReport(whole)).not.toContain('This is shard')
})

test('the page of a merged run tells the machine of each shard, and warns if they are unlike', async () => {
  const page = async (...models: readonly string[]) => {
    const shards = models.map((cpuModel, at) => ({
      index: at + 1,
      run: `run-${at}`,
      startedAt: '2026-01-02T03:04:05.000Z',
      endedAt: '2026-01-02T03:14:05.000Z',
      machine: { ...fakeRun().manifest.machine, cpuModel },
      cells: { small: [`cell-${at}`] },
    }))
    return renderReport(fakeRun({ manifest: { mergedFrom: shards } }))
  }
  const mixed = await page('Some processor', 'Another processor')
  expect(mixed).toContain('Merged from 2 shards')
  expect(mixed).toMatch(/Shard 2: run run-1, Another processor, 2 cores[\s\S]*cell-1/)
  expect(mixed).toContain('measured on unlike machines')
  expect(await page('Some processor', 'Some processor')).not.toContain('unlike machines')
})

test('what was drawn before is drawn again only if its samples are others', async () => {
  const drawn = new Map()
  const run = fakeRun()
  const page = await renderReport(run, drawn)
  const [[id, first] = []] = [...drawn]
  expect(await renderReport(run, drawn)).toBe(page)
  expect(drawn.get(id)).toEqual(first)
  const shorter = { ...run, samples: run.samples.slice(0, -1) }
  expect(await renderReport(shorter, drawn)).toBe(await renderReport(shorter))
})
