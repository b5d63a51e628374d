import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Deployment, deployTopology } from '../deploy.ts'
import { loadTopology } from '../load.ts'
import { resolveTopology, type TopologyChanges } from '../resolve.ts'

/** Deploys topologies for the tests of a file, one at a time: each is destroyed after its test. */
export interface TestDeployments {
  /** The directory that all nodes share. */
  readonly directory: string
  deploy(id: string, changes?: TopologyChanges): Promise<Deployment>
}

export function testDeployments(): TestDeployments {
  let directory = ''
  let deployment: Deployment | undefined
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dominoes-test-'))
  })
  afterEach(() => deployment?.destroy())
  afterAll(() => rm(directory, { recursive: true, force: true }))
  return {
    get directory() {
      return directory
    },
    async deploy(id, changes = {}) {
      const topology = resolveTopology(await loadTopology(id), changes)
      deployment = await deployTopology(topology, { runId: `test-${process.pid}`, directory })
      return deployment
    },
  }
}
