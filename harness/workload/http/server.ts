/**
 * An HTTP server over connections of our stack: Node's own, which does all that is HTTP. Clients are hostile: heads,
 * times and the number of connections are bounded.
 */
import { createServer, type RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'

export interface HttpLimits {
  readonly headBytes: number
  /** Until a request's head is complete, and until all of it is. Parts of it do not extend the limits. */
  readonly headMillis: number
  readonly requestMillis: number
  /** Without a byte of a request, and without an acknowledgment of a response. */
  readonly silenceMillis: number
  /** Open at the same time; more are turned away. */
  readonly connections: number
}

export const usualLimits: HttpLimits = {
  headBytes: 8192,
  headMillis: 10_000,
  requestMillis: 20_000,
  silenceMillis: 30_000,
  connections: 128,
}

export interface HttpServer {
  /** Serves a connection. */
  take(socket: Duplex): void
  /** Ends all connections, and resolves when they are gone. */
  close(): Promise<void>
}

export function serveHttp(answer: RequestListener, limits: HttpLimits = usualLimits): HttpServer {
  const server = createServer(
    {
      maxHeaderSize: limits.headBytes,
      headersTimeout: limits.headMillis,
      requestTimeout: limits.requestMillis,
      keepAliveTimeout: limits.silenceMillis,
      connectionsCheckingInterval: Math.min(1000, limits.headMillis / 4),
    },
    answer,
  )
  server.timeout = limits.silenceMillis
  // It never listens itself, and watches the limits from this event on.
  server.emit('listening')
  const sockets = new Set<Duplex>()
  return {
    take(socket) {
      if (sockets.size >= limits.connections) {
        socket.destroy()
        return
      }
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      server.emit('connection', socket)
    },
    async close() {
      const gone = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
      for (const socket of sockets) socket.destroy()
      await Promise.all(gone)
      // Ends the watch. It was never listening, and says so.
      server.close(() => {})
    },
  }
}
