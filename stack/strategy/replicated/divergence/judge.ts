/**
 * Tells which of two replicas that differ is right: the log of their channel, applied by one machine alone,
 * leads to the digest of one of them, or of neither. Takes as long as the log is up to there; the stack has
 * failed by then.
 */
import type { Divergence } from '../../../dominoes/audit/auditor.ts'
import { SlotWord, slotHeadWords } from '../../../dominoes/contract/slot.ts'
import { LogTag } from '../../../dominoes/log/layout.ts'
import { LogReader } from '../../../dominoes/log/reader.ts'
import { applyLogged } from '../../../dominoes/log/search.ts'
import { openReplayedMachine, parseStackLog } from '../../replay/stack-log.ts'

/** One sentence. Throws LogError. */
export function judgeByLog(path: string, divergence: Divergence): string {
  const { index, digest, referenceDigest, replica, reference } = divergence
  const alone = digestAfter(path, index)
  if (alone === undefined) return `The log breaks off before request ${index}.`
  if (alone === referenceDigest) return `Applied alone, the log leads to the digest of replica ${reference}.`
  if (alone === digest) return `Applied alone, the log leads to the digest of replica ${replica}.`
  return 'Applied alone, the log leads to neither digest.'
}

/** The digest of a machine that applied the log up to and with this request; undefined if it is not there. */
function digestAfter(path: string, index: number): number | undefined {
  const reader = new LogReader(path)
  try {
    const words = new Int32Array(SlotWord.head + slotHeadWords)
    const machine = openReplayedMachine(parseStackLog(path, reader.header).machine, words)
    for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
      if (tag !== LogTag.request) continue
      applyLogged(reader, words, 0, [machine])
      if (reader.nextIndex === ((index + 1) | 0)) return machine.digest()
    }
    return undefined
  } finally {
    reader.close()
  }
}
