/**
 * Serves one test of an iperf3 client, from its cookie to its last word.
 *
 * Where the client sends, its streams are taken to their ends before the results are exchanged: iperf3's own server
 * stops counting when the client stops, with bytes under way. So both ends count the same, and every byte that was
 * sent is compared.
 */
import type { StreamPattern } from '../../content/stream-pattern.ts'
import type { Admission } from './admission.ts'
import { Control } from './control.ts'
import {
  type Parameters,
  parametersLimitBytes,
  parseParameters,
  parseResults,
  Refusal,
  resultsLimitBytes,
  resultsOf,
  State,
} from './protocol.ts'
import { ReceivingEnd, SendingEnd, type StreamEnd, shares } from './streams.ts'

/** For an answer that takes the client no time. */
const answerMillis = 10_000

export interface TestOptions {
  /** What our end sends; each stream begins with its beginning. */
  readonly pattern: StreamPattern
  /** Until the client says that the test is over. */
  readonly testMillis: number
  /** Called when all streams are open. */
  started(streams: Pick<StreamEnd, 'arrived'>[]): void
}

/** Sums over the streams. */
export interface Served {
  readonly sent: number
  readonly received: number
  /** Of those received. */
  readonly verified: number
}

/** Throws Refusal if there was no test, SocketError if it came to no end. */
export async function serveTest(admission: Admission, options: TestOptions): Promise<Served> {
  const control = new Control(await admission.control())
  try {
    await control.tell(State.paramExchange)
    const parameters = parseParameters(await control.json(parametersLimitBytes, answerMillis))
    const arriving = admission.streams(control.cookie, parameters.streams)
    await Promise.all([arriving, control.tell(State.createStreams)])
    const ends = endsOf(await arriving, parameters, options.pattern)
    return await run(control, ends, parameters, options)
  } catch (error) {
    // The client may have gone: then there is nobody to be told.
    if (error instanceof Refusal) await control.refuse(error).catch(() => control.abort())
    else control.abort()
    throw error
  }
}

function endsOf(
  connections: Awaited<ReturnType<Admission['streams']>>,
  parameters: Parameters,
  pattern: StreamPattern,
): StreamEnd[] {
  const { reverse, streams, totalBytes } = parameters
  const totals = totalBytes > 0 ? shares(totalBytes, streams) : []
  return connections.map((connection, number) =>
    reverse
      ? new SendingEnd(connection, pattern, totals[number] ?? Number.POSITIVE_INFINITY)
      : new ReceivingEnd(connection, parameters),
  )
}

async function run(
  control: Control,
  ends: readonly StreamEnd[],
  parameters: Parameters,
  { testMillis, started }: TestOptions,
): Promise<Served> {
  const abort = () => {
    for (const end of ends) end.abort()
  }
  const timer = setTimeout(abort, testMillis)
  try {
    started([...ends])
    const startedAt = performance.now()
    const cpuBefore = process.cpuUsage()
    await control.tell(State.testStart)
    await control.tell(State.testRunning)
    const moving = ends.map((end) => end.run())
    await Promise.all([...moving, talk(control, ends, parameters, testMillis, { startedAt, cpuBefore })])
  } catch (error) {
    abort()
    throw error
  } finally {
    clearTimeout(timer)
  }
  const sum = (field: 'bytes' | 'verified') => ends.reduce((total, end) => total + end[field], 0)
  const { reverse } = parameters
  return { sent: reverse ? sum('bytes') : 0, received: reverse ? 0 : sum('bytes'), verified: sum('verified') }
}

/** The control connection while the streams move, and after. */
async function talk(
  control: Control,
  ends: readonly StreamEnd[],
  { reverse, streams }: Parameters,
  testMillis: number,
  { startedAt, cpuBefore }: { startedAt: number; cpuBefore: NodeJS.CpuUsage },
): Promise<void> {
  await control.expect(State.testEnd, testMillis)
  for (const end of ends) end.stop()
  await control.tell(State.exchangeResults)
  const counted = parseResults(await control.json(resultsLimitBytes, answerMillis), streams)
  await Promise.all(ends.map((end, number) => end.reach(counted[number] as number)))
  const millis = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  const results = ends.map(({ bytes, endedAt }) => ({ bytes, seconds: (endedAt - startedAt) / 1000 }))
  await control.tellJson(
    resultsOf(results, {
      isSender: reverse,
      userPercent: user / (10 * millis),
      systemPercent: system / (10 * millis),
    }),
  )
  await control.tell(State.displayResults)
  await control.expect(State.iperfDone, answerMillis)
  control.finish()
}
