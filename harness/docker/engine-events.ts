import { createInterface } from 'node:readline'

/** One line of the engine's answer to a pull, a build or an import. */
export interface EngineEvent {
  readonly status?: string
  readonly stream?: string
  readonly error?: string
}

/** Reads the engine's answer to its end. Throws if an event reports a failure: the HTTP request succeeds even then. */
export async function followEvents(
  answer: NodeJS.ReadableStream,
  onEvent: (event: EngineEvent) => void = () => {},
): Promise<void> {
  for await (const line of createInterface({ input: answer })) {
    if (line.trim() === '') continue
    const event = JSON.parse(line) as EngineEvent
    if (event.error !== undefined) throw new Error(event.error)
    onEvent(event)
  }
}
