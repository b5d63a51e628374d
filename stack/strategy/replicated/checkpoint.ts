/**
 * Makes a stack that stays comparable while it runs: everything that it applied so far is covered by a digest that all
 * replicas recorded. Called by the application's thread, which owns the mailbox's writing end.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../../dominoes/channel/channel.ts'
import type { Mailbox } from '../../dominoes/channel/mailbox.ts'
import { Request } from '../../protocol/requests.ts'

export interface CheckpointParts {
  readonly channel: Channel
  readonly mailbox: Mailbox
  /** Requests between two digests; 0: none are recorded before the end. */
  readonly stride: number
  /** Wakes the replicas: called after posting. */
  wake(): void
  /** Whether nothing more will be applied. */
  isOver(): boolean
}

/** Fills the channel with ticks up to the next digest mark and waits until all replicas are there. */
export async function reachMark(parts: CheckpointParts): Promise<void> {
  const { channel, mailbox, stride } = parts
  if (stride === 0) return
  const mark = (channel.tail + stride - 1) & -stride
  while (!parts.isOver() && !channel.hasPassed((mark - 1) | 0)) {
    const missing = ((mark - channel.tail) | 0) - mailbox.size
    for (let k = 0; k < missing && mailbox.tryPost(Request.tick, 0, 0, 0, 0); k++);
    parts.wake()
    await sleep(1)
  }
}
