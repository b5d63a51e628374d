import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readPcap, totals, traceCapture } from '../../stack/trace/index.ts'
import { behaviourSchema } from '../result/behaviour.ts'
import { outsideView } from './outside.ts'

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../stack/trace/testing/fixtures/${name}.pcap`, import.meta.url))

const sender = () => {
  const { connections } = traceCapture(readPcap(fixture('sender-losses')))
  const [connection] = connections
  if (connection === undefined) throw new Error('the fixture has no connection')
  return connection
}

test('the view of a lossy transfer says what the whole trace says', () => {
  const connection = sender()
  const path = fixture('sender-losses')
  const view = outsideView([{ path, thread: 0 }], connection.client.address)
  expect(behaviourSchema.shape.outside.parse(view)).toEqual(view)
  const direction =
    view.sender === 'stack' && view.stackPort === connection.client.port
      ? connection.toServer
      : connection.toClient
  const { segments, retransmissions, duplicateAcks, outOfOrder } = totals(direction)
  expect(view.totals).toMatchObject({ segments, retransmissions, duplicateAcks, outOfOrder })
  expect(retransmissions).toBeGreaterThan(0)
  expect(view.performers).toEqual([
    { thread: 0, segments, acknowledgments: direction.acknowledgments.length },
  ])
  // The close-up has the first segment that was sent again, and every mark of the whole is kept.
  const isMarked = ({ kind }: { kind: string }) => kind !== 'new'
  expect(view.closeUp.segments.some(isMarked)).toBe(true)
  expect(view.overview.segments.filter(isMarked)).toHaveLength(retransmissions + outOfOrder)
  const passed = view.throughput.bins.reduce((sum, { bytes }) => sum + bytes, 0)
  expect(passed).toBe(view.totals.bytes)
  expect(view.throughput.bins.length).toBeLessThanOrEqual(101)
})

test('segments know the thread whose capture they are in', () => {
  const [first, second] = [fixture('sender-losses'), fixture('both-ways')]
  const { client } = sender()
  const view = outsideView(
    [
      { path: first, thread: 3 },
      { path: second, thread: 1 },
    ],
    client.address,
  )
  expect(view.performers.map(({ thread }) => thread)).toEqual([3, 1])
  // Both files have the same connection: each thread is told what its own file has.
  const [three, one] = view.performers
  expect(three?.segments).toBeGreaterThan(0)
  expect(one?.segments).toBeGreaterThan(0)
  expect((three?.segments ?? 0) + (one?.segments ?? 0)).toBe(view.totals.segments)
  expect(new Set(view.overview.segments.map(({ thread }) => thread))).toEqual(new Set([3, 1]))
})

test('captures without a connection are an error with a remedy', () => {
  expect(() => outsideView([], '10.0.0.1')).toThrow(/no TCP connection/)
})
