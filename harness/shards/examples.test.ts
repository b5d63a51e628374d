/** The examples for job systems: read, checked by schema where there is one, and their scripts run with stand-ins. */
import { execFile } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validate as validateJob } from 'kubernetes-models/_schemas/IoK8sApiBatchV1Job'
import { validate as validateClaim } from 'kubernetes-models/_schemas/IoK8sApiCoreV1PersistentVolumeClaim'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { projectFolder } from '../cli/paths.ts'
import { temporaryFolder } from '../testing/fixtures.ts'

const examples = join(projectFolder, 'examples')
const readExample = (path: string) => readFile(join(examples, path), 'utf8')

/** Runs a script where `make` and `git` only write down how they were called; returns that, a call a line. */
async function callsOf(script: string, environment: NodeJS.ProcessEnv, files: Record<string, string> = {}) {
  const folder = await temporaryFolder()
  for (const program of ['make', 'git']) {
    const path = join(folder, program)
    await writeFile(path, '#!/bin/sh\nprintf "%s" "$(basename "$0")"; printf " [%s]" "$@"; echo\n')
    await chmod(path, 0o755)
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], {
    cwd: folder,
    env: { ...environment, PATH: `${folder}:${process.env.PATH}` },
  })
  return stdout.trim().split('\n')
}

interface Validate {
  (document: unknown): boolean
  /** What the last document is complained about. */
  readonly errors?: readonly unknown[] | null
}

async function kubernetes() {
  const documents = parseAllDocuments(await readExample('kubernetes/job.yaml')).map((each) => each.toJS())
  const [claim, job] = documents
  const { initContainers, containers, volumes, affinity } = job.spec.template.spec
  const [shard] = containers
  const environment: Record<string, string> = Object.fromEntries(
    shard.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  )
  return { claim, job, engine: initContainers[0], shard, environment, volumes, affinity }
}

test('the Kubernetes manifest is one claim and one job, valid by the schemas of Kubernetes', async () => {
  const { claim, job } = await kubernetes()
  expect([claim.kind, job.kind]).toEqual(['PersistentVolumeClaim', 'Job'])
  const complaints = (validate: Validate, document: unknown) =>
    validate(document) ? [] : (validate.errors ?? ['invalid'])
  expect(complaints(validateClaim, claim)).toEqual([])
  expect(complaints(validateJob, job)).toEqual([])
  const wrong = { ...job, spec: { ...job.spec, completions: 'three' } }
  expect(complaints(validateJob, wrong)).toMatchObject([{ instancePath: '/spec/completions' }])
})

test('the Kubernetes job has an index for each shard, and a node for each pod', async () => {
  const { job, environment, affinity } = await kubernetes()
  const { completionMode, completions, parallelism, template } = job.spec
  expect(completionMode).toBe('Indexed')
  expect([String(completions), String(parallelism)]).toEqual([environment.SHARDS, environment.SHARDS])
  const [rule] = affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution
  expect(rule.topologyKey).toBe('kubernetes.io/hostname')
  // The processes of containers are looked for by their numbers on the node.
  expect(template.spec.hostPID).toBe(true)
  expect(rule.labelSelector.matchLabels).toEqual(template.metadata.labels)
})

test('the engine of a Kubernetes pod sees the shard’s folders under the same paths', async () => {
  const { claim, engine, shard, environment, volumes } = await kubernetes()
  const mountsOf = (container: { volumeMounts: readonly object[] }) => container.volumeMounts
  for (const name of ['project', 'scratch', 'socket']) {
    const mount = mountsOf(shard).find((each) => 'name' in each && each.name === name)
    expect(mountsOf(engine)).toContainEqual(mount)
  }
  expect(engine.securityContext.privileged).toBe(true)
  expect(engine.args).toContain(`--host=${environment.DOCKER_HOST}`)
  const mounts = [...mountsOf(engine), ...mountsOf(shard)] as { name: string; mountPath: string }[]
  expect(mounts.find(({ mountPath }) => mountPath === environment.TMPDIR)?.name).toBe('scratch')
  expect(new Set(mounts.map(({ name }) => name))).toEqual(
    new Set(volumes.map(({ name }: { name: string }) => name)),
  )
  const runs = volumes.find(({ name }: { name: string }) => name === 'runs')
  expect(runs.persistentVolumeClaim.claimName).toBe(claim.metadata.name)
})

test('each pod measures the shard of its index, at the commit that was named', async () => {
  const { shard, environment } = await kubernetes()
  expect(shard.command).toEqual(['/bin/sh', '-euc'])
  for (const [index, place] of [
    ['0', '1/3'],
    ['2', '3/3'],
  ] as const) {
    const calls = await callsOf(shard.args[0], { ...environment, JOB_COMPLETION_INDEX: index })
    expect(calls).toContain(
      `git [fetch] [--quiet] [--depth] [1] [${environment.SOURCE}] [${environment.COMMIT}]`,
    )
    expect(calls.at(-1)).toBe(`make [reproduce] [SHARD=${place}] [PROFILE=full]`)
  }
})

test('each task of the Slurm array measures its shard; submitted again, of as many shards as there were', async () => {
  const script = await readExample('slurm/reproduce.sbatch')
  expect(script).toMatch(/^#SBATCH --array=1-3$/m)
  // A file that git does not ignore would make each shard another source.
  expect(script).toMatch(/^#SBATCH --output=\S+\.log$/m)
  const task = { SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_COUNT: '3' }
  expect(await callsOf(script, task)).toEqual(['make [reproduce] [SHARD=2/3] [PROFILE=full] [EXPERIMENT=]'])
  const again = { ...task, SLURM_ARRAY_TASK_COUNT: '1', SHARDS: '3', PROFILE: 'quick', EXPERIMENT: 'udp' }
  expect(await callsOf(script, again)).toEqual([
    'make [reproduce] [SHARD=2/3] [PROFILE=quick] [EXPERIMENT=udp]',
  ])
})

test('the Slurm merge names what the tasks of that array have printed, each once', async () => {
  const script = await readExample('slurm/merge.sbatch')
  const output = (place: string, folder: string) =>
    `Report: ${folder}/index.html\nShard ${place}: ${folder}\nWhen all are there: make merge RUNS="…"\n`
  const calls = await callsOf(
    script,
    { ARRAY: '7' },
    {
      'dominoes-7_1.log': output('1 of 2', '/shared/a'),
      'dominoes-7_2.log': output('2 of 2', '/shared/b').repeat(2),
      'dominoes-8_1.log': output('1 of 2', '/shared/c'),
    },
  )
  expect(calls).toEqual(['make [merge] [RUNS=/shared/a /shared/b ]'])
})

test('the CI matrix has a job for each shard, which keeps what it measured, and one that merges', async () => {
  const { jobs } = parse(await readExample('ci-matrix/reproduce.yml'))
  const { shard, merge } = jobs
  const places: readonly number[] = shard.strategy.matrix.shard
  expect(places).toEqual(places.map((_, index) => index + 1))
  expect(shard.strategy['fail-fast']).toBe(false)
  const values: Record<string, string> = {
    'matrix.shard': '2',
    'strategy.job-total': String(places.length),
    'inputs.profile': 'quick',
  }
  const scriptOf = ({ steps }: { steps: readonly { run?: string }[] }) =>
    steps
      .flatMap(({ run }) => run ?? [])
      .join('\n')
      .replaceAll(/\$\{\{ (\S+) \}\}/g, (_, name: string) => values[name] ?? 'unknown')
  expect(await callsOf(scriptOf(shard), {})).toEqual(['make [reproduce] [SHARD=2/3] [PROFILE=quick]'])
  expect(merge.needs).toBe('shard')
  expect((await callsOf(scriptOf(merge), {}))[0]).toMatch(/^make \[merge\] \[RUNS=.*\] \[MIXED=1\]$/)
  const uploads = shard.steps.filter(({ uses = '' }) => uses.startsWith('actions/upload-artifact'))
  expect(uploads).toMatchObject([{ if: 'always()', with: { path: 'reports/runs/' } }])
})
