/**
 * What the server answers:
 *
 *     GET /bytes/N     the first N bytes of the pattern, 0 ≤ N ≤ 1,000,000
 *     GET /end         the client needs nothing more
 *
 * and HEAD for both. Everything else is not found, or no method.
 */
import type { RequestListener } from 'node:http'
import type { StreamPattern } from '../../content/stream-pattern.ts'

const largestBytes = 1_000_000

export interface Answers {
  readonly answer: RequestListener
  /** Responses whose last byte was handed over. */
  readonly answered: () => number
}

export function answersOf(pattern: StreamPattern, onEnd: () => void): Answers {
  let answered = 0
  const answer: RequestListener = (request, response) => {
    response.once('finish', () => {
      answered += 1
    })
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end()
      return
    }
    const size = sizeOf(request.url)
    if (size === undefined) {
      response.writeHead(404, { 'Content-Length': 0 }).end()
      return
    }
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size })
    response.end(request.method === 'HEAD' ? undefined : pattern.at(0, size))
    if (request.url === '/end') onEnd()
  }
  return { answer, answered: () => answered }
}

function sizeOf(url: string | undefined): number | undefined {
  if (url === '/end') return 0
  const digits = /^\/bytes\/(\d{1,7})$/.exec(url ?? '')?.[1]
  return digits === undefined || Number(digits) > largestBytes ? undefined : Number(digits)
}
