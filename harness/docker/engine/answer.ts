import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { messageOf, RunEndingError } from '../../error.ts'
import { within } from '../../within.ts'

/**
 * An engine that hangs: it accepts requests and never answers some of them, as when one of its containers is stuck. So each
 * request of which an answer is due soon has a limit. Those that last as long as what they wait for (a container's
 * end, a build, a pull) have none here.
 */

/** Longer than a busy engine takes for any of them: creating and starting a container takes it some tenths of a second. */
const requestMillis = 60_000
/** Once it has not answered, until it does again: what is to be cleaned up then would take a minute each. */
const nextRequestMillis = 5_000

let hangs = false

/**
 * The answer to one request of the engine. `what` completes "Docker did not … within 60 seconds". Throws RunEndingError if
 * none comes in `limitMillis`. The request stays open: what it asked for may still be done, later than anybody waits.
 */
export async function answerTo<T>(
  what: string,
  request: Promise<T>,
  limitMillis = requestMillis,
): Promise<T> {
  const millis = hangs ? Math.min(limitMillis, nextRequestMillis) : limitMillis
  const late = () => {
    hangs = true
    return new RunEndingError(`Docker did not ${what} within ${millis / 1000} seconds: it hangs.`, remedy)
  }
  const answer = await within(millis, request, late)
  hangs = false
  return answer
}

const remedy =
  'Start it again (sudo systemctl restart docker; one that the harness had started is started again by the next command), and type the same command: the run goes on where it stopped.'

const patienceMillis = 10_000

/** Throws RunEndingError if the engine does not answer any more. An engine that is being restarted is waited for. */
export async function requireAnswer(docker: Pick<Docker, 'ping'>, patience = patienceMillis): Promise<void> {
  const startedAt = performance.now()
  for (;;) {
    const answer = docker.ping().then(
      () => '',
      (error: unknown) => messageOf(error),
    )
    const refusal = await Promise.race([answer, delay(patience, 'it says nothing', { ref: false })])
    if (refusal === '') {
      hangs = false
      return
    }
    if (performance.now() - startedAt >= patience) {
      hangs = true
      throw new RunEndingError(
        `Docker does not answer any more: ${refusal}.`,
        'Start it again (sudo systemctl start docker, or: make setup), and type the same command: the run goes on where it stopped.',
      )
    }
    await delay(250)
  }
}

/** Seldom one lasts as long: what is measured is not disturbed by the question. */
const workMillis = 60_000

/**
 * Does work that needs the engine. If it fails because the engine is gone, RunEndingError says so, and not what broke
 * first. Work that lasts is not waited for once the engine has stopped answering: its answers would never come.
 */
export async function whileAnswering<T>(
  engine: () => Promise<Pick<Docker, 'ping'>>,
  work: () => Promise<T>,
  { everyMillis = workMillis, patience = patienceMillis } = {},
): Promise<T> {
  const done = new AbortController()
  const watch = async () => {
    for (;;) {
      await delay(everyMillis, undefined, { signal: done.signal })
      await requireAnswer(await engine(), patience)
    }
  }
  try {
    return await Promise.race([work(), watch()])
  } catch (error) {
    if (!(error instanceof RunEndingError)) await requireAnswer(await engine(), patience)
    throw error
  } finally {
    done.abort()
  }
}
