/**
 * Static ownership, for comparison: no claim at all, each replica performs its fixed share in turn. One instance per
 * replica; nothing is shared.
 *
 *   unit        0  1  2  3  4  5 …        a chunk of action numbers, or a request
 *   replica     0  1  2  0  1  2 …        unit mod replicas
 *
 * Exactly one replica answers yes, as all divide by the same count: that of the replicas planned, so none may
 * come or go. A replica that stalls holds up its share, since nobody else can take it: this is what the
 * control experiment measures. Where units wrap at 2^32, a turn may be skipped; all replicas skip the same
 * one.
 */
import { assertInteger, assertPowerOfTwo } from '../memory/assert.ts'
import type { ClaimPolicy } from './claim-policy.ts'

/** What is owned as a whole: `chunk` consecutive actions, or all actions of a request. */
export type RotationUnit = { readonly kind: 'request' } | { readonly kind: 'action'; readonly chunk: number }

export class RotationClaims implements ClaimPolicy {
  readonly #id: number
  readonly #replicas: number
  readonly #isByRequest: boolean
  readonly #shift: number

  constructor(id: number, replicas: number, unit: RotationUnit) {
    assertInteger(id, 0, replicas - 1, 'id')
    const chunk = unit.kind === 'request' ? 1 : unit.chunk
    assertPowerOfTwo(chunk, 'chunk')
    this.#id = id
    this.#replicas = replicas
    this.#isByRequest = unit.kind === 'request'
    this.#shift = 31 - Math.clz32(chunk)
  }

  claim(number: number, index: number): boolean {
    const unit = (this.#isByRequest ? index : number) >>> this.#shift
    return unit % this.#replicas === this.#id
  }
}
