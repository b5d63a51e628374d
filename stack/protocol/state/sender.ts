/** What the machine keeps for each sender (see `senders/kind.ts`), whatever its kind. Links are sender numbers + 1. */
import { type Cursor, defineRecord } from './record.ts'

export const senderRecord = defineRecord({
  isPending: '1 while it is in the list of those that may have something to emit',
  nextPending: 'next in that list, sender + 1',
})
export type Sender = Cursor<typeof senderRecord.fields>
