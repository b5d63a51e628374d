import { once } from 'node:events'
import { createServer, type RequestListener, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ConnectionDuplex } from './duplex.ts'
import { MemoryCarrier } from './testing/memory-carrier.ts'

const bytes = (length: number) => Buffer.alloc(length, 'abcdefghijklmnopqrstuvwxyz')

function pair() {
  const [near, far] = MemoryCarrier.pair()
  return {
    near: new ConnectionDuplex(near),
    far: new ConnectionDuplex(far),
    nearCarrier: near,
    farCarrier: far,
  }
}

test('more bytes than there is room for arrive whole and in order, each way at once', async () => {
  const { near, far } = pair()
  near.end(bytes(100_000))
  far.end(bytes(50_000))
  const [there, back] = await Promise.all([text(far), text(near)])
  expect(there).toBe(bytes(100_000).toString())
  expect(back).toBe(bytes(50_000).toString())
})

test('once both ends have closed, the connection is given back', async () => {
  const { near, far, nearCarrier, farCarrier } = pair()
  near.resume().end()
  far.resume().end()
  await Promise.all([once(near, 'close'), once(far, 'close')])
  expect([nearCarrier.isReleased, farCarrier.isReset]).toEqual([true, false])
})

test('a reset of the other end is an error of the stream', async () => {
  const { near, farCarrier } = pair()
  const failed = once(near.resume(), 'error')
  farCarrier.abort()
  expect(await failed).toMatchObject([{ reason: 'reset' }])
})

test('destroyed while bytes wait for room, it resets the connection', async () => {
  const { near, farCarrier } = pair()
  near.write(bytes(10_000))
  near.destroy()
  await once(near, 'close')
  expect(farCarrier.isReset).toBe(true)
})

test('destroyed soon, it hands over what was written, and closes without waiting for the other end', async () => {
  const { near, far, farCarrier, nearCarrier } = pair()
  near.write(bytes(10_000))
  near.destroySoon()
  expect(await text(far)).toBe(bytes(10_000).toString())
  expect([nearCarrier.isReleased, farCarrier.isReset]).toEqual([true, false])
})

test('a timeout comes after silence; a peer that acknowledges puts it off', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { near, farCarrier } = pair()
  const expired = vi.fn()
  near.setTimeout(1000, expired)
  near.write(bytes(10_000))
  await farCarrier.read(1)
  await vi.advanceTimersByTimeAsync(1500)
  expect(expired).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1000)
  expect(expired).toHaveBeenCalledTimes(1)
})

const answer: RequestListener = (asked, response) => {
  response.setHeader('Content-Length', 20_000)
  response.end(asked.method === 'HEAD' ? '' : bytes(20_000))
}

function served() {
  const server = createServer({ maxHeaderSize: 1024 }, answer)
  const { near, far } = pair()
  server.emit('connection', near)
  return far
}

test('Node’s HTTP server and client work over it', async () => {
  const asked = request({ createConnection: () => served(), path: '/' })
  asked.end()
  const [response] = await once(asked, 'response')
  expect(response.statusCode).toBe(200)
  expect(await text(response)).toBe(bytes(20_000).toString())
})

test('pipelined requests are answered in order, on one connection', async () => {
  const client = served()
  client.end('HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  const [first, second, body] = (await text(client)).split('\r\n\r\n')
  expect([first, second].map((head) => head?.split('\r\n')[0])).toEqual([
    'HTTP/1.1 200 OK',
    'HTTP/1.1 200 OK',
  ])
  expect(body).toBe(bytes(20_000).toString())
})

test('a request head that is too long is refused', async () => {
  const client = served()
  client.write(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(2000)}`)
  expect(await text(client)).toMatch(/^HTTP\/1.1 431 /)
})
