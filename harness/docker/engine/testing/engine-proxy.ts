/**
 * Stands between the harness and the Docker engine, so that tests can take the engine away without stopping it: other
 * runs of this machine need it. Imported by tests only.
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export class EngineProxy {
  /** Of the socket to connect to, for DOCKER_HOST. */
  readonly path: string
  readonly #engine: string
  readonly #open = new Set<Socket>()
  #server: Server | undefined

  constructor(path: string, engine: string) {
    this.path = path
    this.#engine = engine
  }

  async start(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ path: this.#engine, allowHalfOpen: true })
      for (const socket of [near, far]) {
        this.#open.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => {
          this.#open.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      near.pipe(far)
      far.pipe(near)
    })
    this.#server.listen(this.path)
    await once(this.#server, 'listening')
  }

  /** Every connection breaks, and new ones are refused, as when the engine's process has ended. */
  async stop(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.#open) socket.destroy()
    await closed
  }
}
