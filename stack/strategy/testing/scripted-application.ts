/**
 * An application of a simulated host that opens or accepts several connections at once and keeps each to its
 * plan. Which plan an accepted connection has, its first byte says.
 */

import { Random } from '../../device/random.ts'
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'
import { mapIpv4 } from '../../wire/address.ts'
import { ScriptedSession, type SessionPlan, type Side } from './scripted-session.ts'

const largestPiece = 8000

export class ScriptedApplication implements EndpointHandler {
  readonly #plans: readonly SessionPlan[]
  readonly #side: Side
  readonly #nowMicros: () => number
  readonly #random: Random
  readonly #sessions: ScriptedSession[] = []
  /** Accepted, and nothing has arrived yet. */
  readonly #unknown = new Set<Stream>()
  #endpoint: Endpoint | undefined
  #failure: string | undefined

  constructor(plans: readonly SessionPlan[], side: Side, nowMicros: () => number, seed: number) {
    this.#plans = plans
    this.#side = side
    this.#nowMicros = nowMicros
    this.#random = new Random(seed)
  }

  listen(endpoint: Endpoint, port: number): void {
    this.#endpoint = endpoint
    endpoint.listen(1, port, this.#plans.length)
  }

  connect(endpoint: Endpoint, address: number, port: number): void {
    this.#endpoint = endpoint
    for (const plan of this.#plans) endpoint.connect(plan.number, mapIpv4(address), port, 0)
  }

  get isDone(): boolean {
    return this.#sessions.filter((session) => session.isDone).length === this.#plans.length
  }

  /** What went otherwise than planned; undefined as long as nothing did. */
  get failure(): string | undefined {
    return this.#failure ?? this.#sessions.find((session) => session.failure !== undefined)?.failure
  }

  step(): boolean {
    let worked = (this.#endpoint?.poll(16) ?? 0) > 0
    for (const stream of this.#unknown) worked = this.#recognise(stream) || worked
    for (const session of this.#sessions) {
      worked = session.step(this.#nowMicros(), this.#random.below(largestPiece)) || worked
    }
    return worked
  }

  onListening(_cookie: number, error: number): void {
    if (error !== 0) this.#failure ??= `listen failed: ${error}`
  }

  onAccepted(stream: Stream): void {
    this.#unknown.add(stream)
  }

  onConnected(stream: Stream, cookie: number): void {
    this.#open(cookie, stream)
  }

  onConnectFailed(cookie: number, error: number): void {
    this.#failure ??= `connection ${cookie} failed: ${error}`
  }

  onProgress(): void {}

  /** The plan's name is the first byte, which is left to be read. */
  #recognise(stream: Stream): boolean {
    const [number] = stream.readWindow(1)
    if (number !== undefined) {
      this.#unknown.delete(stream)
      this.#open(number, stream)
      return true
    }
    if (stream.closedReason === undefined) return false
    // It was reset before anything arrived: any plan that expects that will do.
    const plan = this.#plans.find(
      ({ abortsAt, number }) =>
        abortsAt !== undefined && !this.#sessions.some(({ plan }) => plan.number === number),
    )
    if (plan === undefined) this.#failure ??= `an accepted connection ended for reason ${stream.closedReason}`
    else this.#open(plan.number, stream)
    this.#unknown.delete(stream)
    return true
  }

  #open(number: number, stream: Stream): void {
    const plan = this.#plans.find((each) => each.number === number)
    if (plan === undefined || this.#endpoint === undefined) {
      this.#failure ??= `there is no plan for connection ${number}`
      return
    }
    this.#sessions.push(new ScriptedSession(plan, this.#side, stream, this.#endpoint))
  }
}
