/** An engine of which a test decides what it answers. Imported by tests only. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../testing/fixtures.ts'

/** By method and the path's last part, as `GET version`. Requests of which it says nothing are never answered. */
export type Answers = Readonly<Record<string, unknown>>

export interface FakeEngine {
  /** Of its socket. */
  readonly path: string
  /** Resolves once it was asked what it does not answer. */
  readonly hangs: Promise<void>
}

/** Ends with the test. */
export async function fakeEngine(answers: Answers): Promise<FakeEngine> {
  const unanswered = Promise.withResolvers<void>()
  const path = join(await temporaryFolder(), 'docker.sock')
  const server = createServer(({ method, url = '' }, response) => {
    const answer = answers[`${method} ${url.replace(/\?.*/, '').split('/').at(-1)}`]
    if (answer === undefined) {
      unanswered.resolve()
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { path, hangs: unanswered.promise }
}
