import { expect, test } from 'vitest'
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { Run } from '../../harness/result/store.ts'
import { fakePredictedRun, fakeRun, halfTaken, measuring } from '../../harness/testing/fake-run.ts'
import { renderReport } from '../render.ts'

/** The run of the small experiment under the names of others. */
function runOf(...ids: readonly string[]): Run {
  const run = fakeRun()
  const [small] = run.manifest.experiments as [Experiment]
  const experiments = ids.map((id) => ({ ...small, id, title: `Title of ${id}` }))
  const samples = ids.flatMap((id) =>
    run.samples.map((sample): Sample => ({ ...sample, experiment: id, log: `logs/${id}/x.log` })),
  )
  return { ...run, manifest: { ...run.manifest, experiments }, samples }
}

async function frontOf(run: Run): Promise<string> {
  const [front = ''] = /<header class="front"[\s\S]*?<\/header>/.exec(await renderReport(run)) ?? []
  return front.replaceAll('\u00a0', ' ')
}

test('the first screen has a sentence, the claims, the headline figure and the matrix, in that order', async () => {
  const front = await frontOf(runOf('tcp-send', 'channel'))
  const places = ['class="result"', 'id="claims"', 'id="gains"', 'id="matrix"'].map((part) =>
    front.indexOf(part),
  )
  expect(places.every((place) => place > 0)).toBe(true)
  expect(places.toSorted((a, b) => a - b)).toEqual(places)
})

test('the sentence follows from the gains', async () => {
  const front = await frontOf(fakeRun())
  expect(front).toContain(
    '<strong>The claim holds here in part</strong>: of 2 kinds of communication over one connection 1 certainly gained the published +15 % or more, 0 certainly less',
  )
  const slow = fakeRun({
    sample: (sample) => measuring(sample, { goodputMbps: sample.factors.replicas === 2 ? 50 : 100 }),
  })
  expect(await frontOf(slow)).toContain(
    '<strong>Whether the claim holds cannot be told here</strong>: of 2 kinds of communication over one connection 0 certainly gained the published +15 % or more, 2 certainly less (2 of them slower than one thread)',
  )
  expect(await frontOf({ ...fakeRun(), samples: [] })).toContain(
    '<strong>No gain over the sequential stack was measured for a single connection</strong>; 0 of 1 experiment reproduced',
  )
})

test('the first screen says on how many cores, who shares them, and how sure intervals are', async () => {
  const front = await frontOf(fakeRun())
  expect(front).toContain(
    'Measured on 2 cores, and the peer runs on the same ones. Gains rest on 7 rounds: an interval holds the true median with a probability of at least 98 %.',
  )
})

test('a quick run says that its numbers are of code that is still being compiled', async () => {
  expect(await frontOf(fakeRun({ manifest: { profile: 'quick' } }))).toContain('This is a quick run')
  expect(await frontOf(fakeRun({ manifest: { profile: 'full' } }))).not.toContain('This is a quick run')
})

test('what is missing or was disturbed comes before the result', async () => {
  const run = fakeRun({
    manifest: { complete: false, remarks: ['A sample failed.'], notices: ['Others were at work.'] },
  })
  const front = await frontOf(run)
  expect(front.indexOf('This run is not complete')).toBeGreaterThan(0)
  expect(front.indexOf('Others were at work.')).toBeGreaterThan(front.indexOf('This run is not complete'))
  expect(front.indexOf('class="result"')).toBeGreaterThan(front.indexOf('Others were at work.'))
})

test('a claim has its verdict, what was measured, and a link to each experiment that shows it', async () => {
  const front = await frontOf(runOf('tcp-send', 'udp', 'small'))
  const claim = /<th scope="row">Replication raises the throughput[\s\S]*?<\/tr>/.exec(front)?.[0]
  expect(claim).toContain('href="#tcp-send"')
  expect(claim).toContain('href="#udp"')
  expect(claim).toContain('in some cells')
  expect(claim).toMatch(/<small>gain<\/small> <b>\+\d+ … \+\d+ %<\/b>/)
  expect(front).toMatch(/<th scope="row">It runs\.[\s\S]*href="#small"/)
})

test('a number of the matrix leads to its samples, and from there to command, seed and logs', async () => {
  const page = await renderReport(fakeRun())
  const matrix = /<table class="matrix">[\s\S]*?<\/table>/.exec(page)?.[0] ?? ''
  const [, target] = /<td class="gain[^"]*"><a href="#([^"]+)"/.exec(matrix) ?? []
  const samples = page.slice(page.indexOf(`<details id="${target}">`))
  expect(samples).toContain('<code>make reproduce EXPERIMENT=small PROFILE=full SEED=1</code>')
  expect(samples.indexOf('href="logs/')).toBeGreaterThan(0)
})

test('the headline figure is drawn over the published range, described, and told as a table', async () => {
  const front = await frontOf(fakePredictedRun())
  expect(front).toContain('published, +15 … +300 %')
  expect(front).toMatch(
    /<desc id="gains-wide-text">Bulk send: \+\d+ %, \+\d+ % to \+\d+ %, predicted \+\d+ %/,
  )
  expect(front).toContain('All kinds of communication, as a table <span class="count">2</span>')
  expect(front).toContain('predicted with a processor for each thread')
  expect(await frontOf(fakeRun())).not.toContain('predicted with a processor for each thread')
})

test('samples that do not count are in no number of the first screen', async () => {
  const front = await frontOf(fakeRun({ sample: (sample) => ({ ...sample, interference: halfTaken }) }))
  expect(front).not.toMatch(/[+−]\d+ %<\/a>/)
  expect(front).toContain('No gain over the sequential stack was measured')
})

test('the contents lead to every group and experiment, once beside the text and once folded', async () => {
  const page = await renderReport(runOf('tcp-send', 'channel', 'small'))
  const nav = /<nav class="contents"[\s\S]*?<\/nav>/.exec(page)?.[0] ?? ''
  for (const target of ['group-claims', 'group-cost', 'group-further', 'tcp-send', 'channel', 'small']) {
    expect(nav.split(`href="#${target}"`), target).toHaveLength(3)
  }
  const order = ['id="tcp-send"', 'id="channel"', 'id="small"', 'id="environment"', 'id="caveats"'].map(
    (part) => page.indexOf(part),
  )
  expect(order.toSorted((a, b) => a - b)).toEqual(order)
})

test('every figure says how many cores measured it', async () => {
  const page = await renderReport(fakePredictedRun())
  const captions = page.match(/<figcaption>[\s\S]*?<\/figcaption>/g) ?? []
  expect(captions.length).toBeGreaterThan(3)
  expect(captions.filter((text) => !text.includes('Measured on 2 cores'))).toEqual([])
})

test('whatever may be too wide scrolls within its box', async () => {
  const page = await renderReport(fakePredictedRun())
  const free = page
    .split(/<table(?! class="claims-table")/)
    .slice(0, -1)
    .filter((before) => !/<div class="scroll"[^>]*>\s*$/.test(before))
  expect(free).toEqual([])
})
