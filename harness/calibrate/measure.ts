/**
 * Runs the measuring programs in a container of their own, interleaved: every repetition measures everything once, in
 * random order, so that a slow minute of the machine spreads over all numbers. Leaves no container behind.
 */

import { randomBytes } from 'node:crypto'
import type { StrategyOption } from '../../stack/index.ts'
import { transferCipherKey } from '../agent/stream-pattern.ts'
import { addCleanUp } from '../docker/clean-up.ts'
import { ensureEngine } from '../docker/engine.ts'
import { holdContainer } from '../docker/held-container.ts'
import { ensureImage } from '../docker/image.ts'
import { thisOwner } from '../docker/owner.ts'
import { spawnIn } from '../docker/process.ts'
import type { Progress } from '../docker/progress.ts'
import { makeScratch, removeScratch } from '../docker/scratch.ts'
import { patternPath, travellingContent } from '../executor/stream-files.ts'
import { seededRandom, shuffled } from '../measure/random.ts'
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
const programs = `${paths.project}/stack/sim/calibrate`

/** Bytes before the first measurement, by which the compiler is done, and in each. */
const sizes: Readonly<Record<ContextName, { warmup: number; transfer: number }>> = {
  checksum: { warmup: 400e6, transfer: 80e6 },
  cipher: { warmup: 140e6, transfer: 32e6 },
  receive: { warmup: 300e6, transfer: 32e6 },
  two: { warmup: 500e6, transfer: 80e6 },
  locked: { warmup: 500e6, transfer: 80e6 },
}

export interface MeasureOptions {
  readonly repetitions: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly progress: Progress
}

export async function measure(options: MeasureOptions): Promise<Repetition[]> {
  const { progress } = options
  const docker = await ensureEngine(progress)
  const image = await ensureImage(progress)
  const directory = await makeScratch()
  // An interrupt does not wait for a program's answer: what is left then is removed when the command ends.
  const withdraw = addCleanUp(() => removeScratch(directory))
  const id = randomBytes(4).toString('hex')
  const node = { name: 'calibration', role: 'stack' as const, address: '', prefixBits: 0 }
  const spec = roleSpec(node as never, directory)
  const held = holdContainer(docker, {
    name: `dominoes-calibrate-${id}`,
    runId: `calibrate-${id}`,
    owner: thisOwner(),
    image,
    ...spec,
    // SYS_ADMIN: a network namespace for each peer.
    capabilities: [...spec.capabilities, 'SYS_ADMIN'],
  })
  const running: Program[] = []
  try {
    const container = await held.started
    const start = async (name: string, argv: readonly string[]) => {
      progress(`warming up: ${name}`)
      const command = [nodeProgram(), ...argv]
      const program = new Program(name, await spawnIn(docker, container.id, command))
      running.push(program)
      await program.read(readySchema)
      return program
    }
    const probes = await start('probes', [`${programs}/run-probes.ts`])
    const transfers = new Map<ContextName, Program>()
    for (const context of contexts) {
      const spec = await contextSpec(context, directory, options.repetitions)
      const argv = [`${programs}/context.ts`, JSON.stringify(spec)]
      transfers.set(context, await start(context, argv))
    }
    return await repeat(options, transfers, probes)
  } finally {
    await Promise.all(running.map((program) => program.end()))
    await held.release()
    await removeScratch(directory)
    withdraw()
  }
}

async function repeat(
  { repetitions, seed, signal, progress }: MeasureOptions,
  transfers: ReadonlyMap<ContextName, Program>,
  probes: Program,
): Promise<Repetition[]> {
  const random = seededRandom(seed)
  const done: Repetition[] = []
  // The first of each finds cold caches and unfinished compilation: it is thrown away.
  for (let k = 0; k <= repetitions && !signal.aborted; k += 1) {
    progress(k === 0 ? 'a repetition to get warm' : `repetition ${k} of ${repetitions}`)
    const measured: { contexts: Record<string, ContextSample>; probes: Record<string, ProbeSample> } = {
      contexts: {},
      probes: {},
    }
    for (const name of shuffled([...contexts, ...probeNames], random)) {
      const transfer = transfers.get(name as ContextName)
      if (transfer === undefined) measured.probes[name] = await probes.ask(name, probeSampleSchema)
      else measured.contexts[name] = await transfer.ask('go', contextSampleSchema)
    }
    if (k > 0) done.push(measured as unknown as Repetition)
  }
  signal.throwIfAborted()
  return done
}

async function contextSpec(name: ContextName, directory: string, repetitions: number) {
  const receives = name === 'receive'
  const payloadWork = name === 'cipher' ? 'cipher' : 'checksum'
  const { warmup, transfer } = sizes[name]
  // Each repetition transfers twice: with meters and without. One repetition more is thrown away.
  const content = await travellingContent(directory, payloadWork, warmup + 2 * (repetitions + 1) * transfer)
  const compared = 'file' in content ? ['--file', content.file] : ['--pattern', content.pattern]
  const [file = '', ...argv] = receives ? ['source.py', '--bytes', String(2 ** 50)] : ['sink.py']
  return {
    direction: receives ? 'receive' : 'send',
    strategy: strategyOf(name),
    payloadWork,
    cipherKey: transferCipherKey,
    patternPath,
    peerCommand: [
      'python3',
      `${paths.peerPrograms}/${file}`,
      '--listen',
      String(port),
      '--timeout',
      '600',
      ...argv,
      ...compared,
    ],
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
