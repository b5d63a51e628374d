/**
 * Runs the measuring programs in a container of their own, interleaved: every repetition measures everything once, in
 * random order, so that a slow minute of the machine spreads over all numbers. Between repetitions others may measure.
 * Leaves no container behind.
 */

import { randomBytes } from 'node:crypto'
import type { StrategyOption } from '../../stack/index.ts'
import { type ContextSpec, simulationPrograms } from '../../stack/sim/index.ts'
import { patternPath, travellingContent } from '../content/stream-files.ts'
import { transferCipherKey } from '../content/stream-pattern.ts'
import { addCleanUp } from '../docker/clean-up.ts'
import { ensureEngine } from '../docker/engine/engine.ts'
import { type HeldContainer, holdContainer } from '../docker/held-container.ts'
import { ensureImage } from '../docker/image.ts'
import { thisOwner } from '../docker/owner.ts'
import { spawnIn } from '../docker/process.ts'
import type { Progress } from '../docker/progress.ts'
import { makeScratch, removeScratch } from '../docker/scratch.ts'
import { HarnessError } from '../error.ts'
import { pythonCommand } from '../peers/program-host.ts'
import { seededRandom, shuffled } from '../statistics/random.ts'
import { nodeProgram, paths, roleSpec } from '../topology/node.ts'
import { Program } from './program.ts'
import {
  type ContextName,
  type ContextSample,
  contextSampleSchema,
  contexts,
  type ProbeSample,
  probeNames,
  probeSampleSchema,
  type Repetition,
  readySchema,
} from './samples.ts'

const port = 5001
const { context: contextProgram, probes: probesProgram } = simulationPrograms

/** Bytes before the first measurement, enough for the compiler to finish, and bytes of each measurement. */
const sizes: Readonly<Record<ContextName, { warmup: number; transfer: number }>> = {
  checksum: { warmup: 1200e6, transfer: 80e6 },
  cipher: { warmup: 320e6, transfer: 64e6 },
  receive: { warmup: 300e6, transfer: 32e6 },
  two: { warmup: 1200e6, transfer: 80e6 },
  locked: { warmup: 1200e6, transfer: 80e6 },
}

export interface MeasureOptions {
  /** Largest number of repetitions that may follow: the cipher's stream is made in advance, for this many. */
  readonly mostRepetitions: number
  /** Share of the warm-up that is done. */
  readonly warmupShare: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** The warmed-up measuring programs; between repetitions they sleep. Call `close` after errors, too. */
export class Measurement {
  readonly repetitions: Repetition[] = []
  readonly #options: MeasureOptions
  readonly #random: () => number
  readonly #running: Program[] = []
  readonly #transfers = new Map<string, Program>()
  #directory: string | undefined
  #container: HeldContainer | undefined
  #probes: Program | undefined
  #withdraw = () => {}

  private constructor(options: MeasureOptions) {
    this.#options = options
    this.#random = seededRandom(options.seed)
  }

  /** Starts everything and throws away a first repetition, whose caches are cold and whose code is not yet compiled. */
  static async open(options: MeasureOptions): Promise<Measurement> {
    const measurement = new Measurement(options)
    try {
      await measurement.#start()
      await measurement.#repeat()
      return measurement
    } catch (error) {
      await measurement.close()
      throw error
    }
  }

  /** Measures everything once more. Throws HarnessError after `mostRepetitions`, or if a program ended. */
  async repeat(): Promise<void> {
    if (this.repetitions.length === this.#options.mostRepetitions) {
      throw new HarnessError('The calibration has no bytes left to transfer.', 'Report this defect.')
    }
    this.repetitions.push(await this.#repeat())
  }

  async close(): Promise<void> {
    try {
      await Promise.all(this.#running.map((program) => program.end()))
    } finally {
      await this.#container?.release()
      if (this.#directory !== undefined) await removeScratch(this.#directory)
      this.#withdraw()
    }
  }

  async #start(): Promise<void> {
    const { progress, mostRepetitions, warmupShare } = this.#options
    const docker = await ensureEngine(progress)
    const image = await ensureImage(progress)
    const directory = await makeScratch()
    this.#directory = directory
    // An interrupt does not wait until a program answers: then the end of the command removes the directory.
    this.#withdraw = addCleanUp(() => removeScratch(directory))
    this.#container = holdContainer(docker, containerSpec(image, directory))
    const container = await this.#container.started
    const start = async (name: string, argv: readonly string[]) => {
      progress(`warming up: ${name}`)
      const command = [nodeProgram(), ...argv]
      const program = new Program(name, await spawnIn(docker, container.id, command))
      this.#running.push(program)
      await program.read(readySchema)
      return program
    }
    this.#probes = await start('probes', [`${paths.project}/${probesProgram}`])
    for (const context of contexts) {
      const spec = await contextSpec(context, directory, mostRepetitions, warmupShare)
      this.#transfers.set(
        context,
        await start(context, [`${paths.project}/${contextProgram}`, JSON.stringify(spec)]),
      )
    }
    progress('a repetition to get warm')
  }

  async #repeat(): Promise<Repetition> {
    const measured: { contexts: Record<string, ContextSample>; probes: Record<string, ProbeSample> } = {
      contexts: {},
      probes: {},
    }
    for (const name of shuffled([...contexts, ...probeNames], this.#random)) {
      this.#options.signal.throwIfAborted()
      const transfer = this.#transfers.get(name)
      if (transfer !== undefined) measured.contexts[name] = await transfer.ask('go', contextSampleSchema)
      else if (this.#probes !== undefined)
        measured.probes[name] = await this.#probes.ask(name, probeSampleSchema)
    }
    return measured as unknown as Repetition
  }
}

function containerSpec(image: string, directory: string) {
  const id = randomBytes(4).toString('hex')
  const node = { name: 'calibration', role: 'stack' as const, address: '', prefixBits: 0 }
  const spec = roleSpec(node as never, directory)
  return {
    name: `dominoes-calibrate-${id}`,
    runId: `calibrate-${id}`,
    owner: thisOwner(),
    image,
    ...spec,
    // SYS_ADMIN: to make a network namespace for each peer.
    capabilities: [...spec.capabilities, 'SYS_ADMIN'],
  }
}

async function contextSpec(
  name: ContextName,
  directory: string,
  mostRepetitions: number,
  warmupShare: number,
): Promise<ContextSpec> {
  const receives = name === 'receive'
  const payloadWork = name === 'cipher' ? 'cipher' : 'checksum'
  const { warmup: whole, transfer } = sizes[name]
  const warmup = warmupShare * whole
  // Each repetition transfers twice: with meters and without. One repetition more is thrown away.
  const content = await travellingContent(
    directory,
    payloadWork,
    warmup + 2 * (mostRepetitions + 1) * transfer,
  )
  const compared = 'file' in content ? ['--file', content.file] : ['--pattern', content.pattern]
  const [file = '', ...argv] = receives ? ['source.py', '--bytes', String(2 ** 50)] : ['sink.py']
  return {
    direction: receives ? 'receive' : 'send',
    strategy: strategyOf(name),
    payloadWork,
    cipherKey: transferCipherKey,
    patternPath,
    peerCommand: pythonCommand(`${paths.workloads}/bulk/${file}`, [
      '--listen',
      String(port),
      '--timeout',
      '3600',
      ...argv,
      ...compared,
    ]),
    port,
    warmupBytes: warmup,
    transferBytes: transfer,
  }
}

function strategyOf(name: ContextName): StrategyOption {
  switch (name) {
    case 'two':
      return { kind: 'replicated', replicas: 2 }
    case 'locked':
      return { kind: 'locked', workers: 2 }
  }
  return { kind: 'sequential' }
}
