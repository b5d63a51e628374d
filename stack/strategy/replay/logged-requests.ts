/** Requests of a stack's log, read for people. */
import { LogTag, LogWord } from '../../dominoes/log/layout.ts'
import { LogReader } from '../../dominoes/log/reader.ts'
import { type DescribedRequest, describeRequest, formatRequest } from '../../protocol/describe-request.ts'

export interface LoggedRequests {
  readonly requests: readonly DescribedRequest[]
  /** One a request. */
  readonly lines: readonly string[]
}

/** The requests with the indices `from … from + count - 1`, as far as the log has them. Throws LogError. */
export function readLoggedRequests(path: string, from: number, count: number): LoggedRequests {
  const reader = new LogReader(path)
  try {
    const requests: DescribedRequest[] = []
    for (let tag = reader.next(); tag !== 0 && requests.length < count; tag = reader.next()) {
      if (tag !== LogTag.request) continue
      const index = reader.words[reader.at + LogWord.index] as number
      if (((index - from) | 0) >= 0) requests.push(describeRecord(reader, index))
    }
    return { requests, lines: requests.map(formatRequest) }
  } finally {
    reader.close()
  }
}

function describeRecord({ words, at, header }: LogReader, index: number): DescribedRequest {
  const argumentsAt = at + LogWord.arguments
  const headAt = argumentsAt + header.shape.argumentWords
  const view = { words, kindAt: at + LogWord.kind, verdictAt: at + LogWord.verdict, argumentsAt, headAt }
  return describeRequest(view, index)
}
