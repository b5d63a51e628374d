/**
 * A measuring program of the stack, running in the calibration's container: it answers each line of input with one line
 * of JSON.
 */
import type { z } from 'zod'
import type { ContainerProcess } from '../docker/process.ts'
import { HarnessError } from '../error.ts'
import { errorLine } from './error-line.ts'

export class Program {
  readonly #name: string
  readonly #process: ContainerProcess
  readonly #lines: AsyncIterator<string>

  constructor(name: string, process: ContainerProcess) {
    this.#name = name
    this.#process = process
    this.#lines = process.lines()[Symbol.asyncIterator]()
  }

  /** The next line. Throws HarnessError if the program ended instead. */
  async read<T>(schema: z.ZodType<T>): Promise<T> {
    const { value, done } = await this.#lines.next()
    if (done === true) {
      throw new HarnessError(
        `The program ${this.#name} ended early: ${errorLine(this.#process.lastWords())}`,
        'See what this machine lacks: make doctor',
      )
    }
    return schema.parse(JSON.parse(value))
  }

  ask<T>(line: string, schema: z.ZodType<T>): Promise<T> {
    this.#process.stdin.write(`${line}\n`)
    return this.read(schema)
  }

  async end(): Promise<void> {
    await this.#process.kill('KILL')
  }
}
