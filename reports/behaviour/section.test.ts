import { expect, test } from 'vitest'
import { fakeBehaviour } from '../../harness/testing/fake-behaviour.ts'
import { fakeRun } from '../../harness/testing/fake-run.ts'
import { renderReport } from '../render.ts'
import { readingOf } from './reading.ts'

const sequential = fakeBehaviour({ cell: 'sequential-checksum-tap', threads: 1 })
const shown = [sequential, fakeBehaviour()].map((view, k) => ({ folder: `logs/${k}.log.behaviour`, view }))

test('the graphs of both cells stand side by side, with what they say and the files behind them', async () => {
  const page = await renderReport({ ...fakeRun(), behaviours: shown })
  for (const name of [
    'Time–sequence',
    'Close-up',
    'Throughput',
    'Round trips',
    'Outstanding data',
    'Windows inside',
  ]) {
    expect(page).toContain(`<b>${name}.</b>`)
    expect(page.split(`>${name}, `), name).toHaveLength(3)
  }
  expect(page).toContain(readingOf(sequential))
  expect(page).toContain('<a href="logs/1.log.behaviour/capture.pcap">')
  expect(page).toContain('<a href="logs/1.log.behaviour/requests.channel">')
  expect(page).toContain('<code>TcpExt.TCPOFOQueue</code>')
  expect(page).not.toContain('<code>Tcp.InSegs</code>')
})

test('a run that looked at nothing has no such part', async () => {
  expect(await renderReport(fakeRun())).not.toContain('How it behaves')
})

test('two sentences say what passed, and who did it', () => {
  expect(readingOf(fakeBehaviour())).toBe(
    'The stack sent 0.01 MB in 0.45 ms: 5 segments, 1 of them again; 5 acknowledgments came back, 2 of them duplicates. ' +
      'Of what the stack sent, replica 0 60\u00a0% and replica 1 40\u00a0% passed by the device of each; a round trip took 0.05 ms in the middle, and the congestion window, up to 20.3 kB, fell in recoveries from loss.',
  )
  const received = fakeBehaviour()
  const { outside } = received
  expect(readingOf({ ...received, outside: { ...outside, sender: 'peer' } })).toMatch(
    /^The peer sent .* acknowledged, replica 0 100/,
  )
})

test('a view that is only the beginning says so', () => {
  const whole = fakeBehaviour()
  expect(readingOf(whole)).not.toContain('beginning')
  expect(readingOf({ ...whole, outside: { ...whole.outside, isCut: true } })).toMatch(
    /this is the beginning\.$/,
  )
})

test('without a recording there is no inside view, and the page says so', async () => {
  const bare = { ...fakeBehaviour(), inside: null, requests: null }
  const page = await renderReport({ ...fakeRun(), behaviours: [{ folder: 'logs/x', view: bare }] })
  expect(page).not.toContain('<b>Windows inside.</b>')
  expect(page).toContain('<b>Throughput.</b>')
  expect(page).not.toContain('requests.channel')
})
