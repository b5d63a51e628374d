import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { makePattern, StreamPattern } from '../../content/stream-pattern.ts'
import { answersOf } from './answer.ts'
import { serveHttp, usualLimits } from './server.ts'

const pattern = new StreamPattern(makePattern())
const { answer, answered } = answersOf(pattern, () => {})

/** A client of a server with these limits, and others that it will take. */
function clients(limits: Partial<typeof usualLimits> = {}, listener: RequestListener = answer) {
  const server = serveHttp(listener, { ...usualLimits, ...limits })
  onTestFinished(() => server.close())
  return (): Duplex => {
    const [near, far] = duplexPair()
    server.take(far)
    return near
  }
}

const ask = (path: string, { method = 'GET', lines = '' } = {}) =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`
const lastLine = { lines: 'Connection: close\r\n' }

async function answerTo(asked: string, client = clients()()): Promise<string> {
  client.write(asked)
  return await heard(client)
}

/** All that comes before the server ends the connection, in order or not. */
async function heard(client: Duplex): Promise<string> {
  let all = ''
  client.setEncoding('latin1').on('data', (piece: string) => {
    all += piece
  })
  await Promise.race([once(client, 'end'), once(client, 'close')])
  return all
}

const statusOf = (response: string) => Number(/^HTTP\/1\.1 (\d+) /.exec(response)?.[1])
const bodyOf = (response: string) => response.slice(response.indexOf('\r\n\r\n') + 4)
const expected = (size: number) => Buffer.from(pattern.at(0, size)).toString('latin1')

describe('what is answered', () => {
  test.each([0, 1, 1000, 1_000_000])('%i bytes of the pattern', async (size) => {
    const response = await answerTo(ask(`/bytes/${size}`, lastLine))
    expect(statusOf(response)).toBe(200)
    expect(response).toContain(`Content-Length: ${size}\r\n`)
    expect(bodyOf(response) === expected(size)).toBe(true)
  })

  test('HEAD has the length and no body', async () => {
    const response = await answerTo(ask('/bytes/1000', { method: 'HEAD', ...lastLine }))
    expect(response).toContain('Content-Length: 1000\r\n')
    expect(bodyOf(response)).toBe('')
  })

  test.each([
    ['/', 404],
    ['/bytes/', 404],
    ['/bytes/1000001', 404],
    ['/bytes/-1', 404],
    ['/bytes/1e3', 404],
    ['/../../etc/passwd', 404],
  ])('%s is not found', async (path, status) => {
    expect(statusOf(await answerTo(ask(path, lastLine)))).toBe(status)
  })

  test('other methods are refused', async () => {
    const response = await answerTo(ask('/bytes/1', { method: 'DELETE', ...lastLine }))
    expect([statusOf(response), response.includes('Allow: GET, HEAD')]).toEqual([405, true])
  })

  test('pipelined requests, in order, over one connection; each is counted', async () => {
    const before = answered()
    const response = await answerTo(
      ask('/bytes/3') + ask('/nothing') + ask('/bytes/5') + ask('/bytes/7', lastLine),
    )
    const statuses = [...response.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status))
    expect(statuses).toEqual([200, 404, 200, 200])
    expect(response.endsWith(expected(7))).toBe(true)
    expect(answered() - before).toBe(4)
  })
})

describe('hostile clients', () => {
  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a head of more than 8 KiB', ask('/', { lines: `X: ${'x'.repeat(8192)}\r\n` }), 431],
    ['a target of more than 8 KiB', ask(`/${'x'.repeat(8192)}`), 431],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two lengths', ask('/', { lines: 'Content-Length: 1\r\nContent-Length: 2\r\n' }), 400],
    ['a length and chunks', ask('/', { lines: 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n' }), 400],
  ])('%s', async (_, asked, status) => {
    expect(statusOf(await answerTo(asked))).toBe(status)
  })

  test('who sends a byte of its head now and then is ended', async () => {
    const client = clients({ headMillis: 200, requestMillis: 400 })()
    client.write('GET / HTTP/1.1\r\nX: ')
    const drip = setInterval(() => client.write('x'), 50)
    client.on('error', () => {})
    const response = await heard(client)
    clearInterval(drip)
    expect(statusOf(response)).toBe(408)
  })

  test('more connections than the limit are turned away', async () => {
    const connect = clients({ connections: 2 })
    const [first, , third] = [connect(), connect(), connect()]
    expect(await heard(third)).toBe('')
    expect(statusOf(await answerTo(ask('/bytes/1', lastLine), first))).toBe(200)
    first.end()
    await vi.waitFor(async () => {
      expect(statusOf(await answerTo(ask('/bytes/1', lastLine), connect()))).toBe(200)
    })
  })
})
