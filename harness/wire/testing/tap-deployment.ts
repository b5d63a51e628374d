/** The topology `tap` for the tests of a file: deployed before the first, destroyed after the last. */
import { afterAll, beforeAll } from 'vitest'
import { makeScratch, removeScratch } from '../../docker/scratch.ts'
import { type Deployment, deployTopology } from '../../topology/deploy.ts'
import { loadTopology } from '../../topology/load.ts'
import type { DeployedNode } from '../../topology/node.ts'
import { resolveTopology } from '../../topology/resolve.ts'

export interface TapDeployment {
  readonly deployment: Deployment
  readonly peer: DeployedNode
  readonly stackAddress: string
}

export function tapDeployment(): TapDeployment {
  let directory: string
  let deployment: Deployment
  beforeAll(async () => {
    directory = await makeScratch()
    const topology = resolveTopology(await loadTopology('tap'))
    deployment = await deployTopology(topology, { runId: `test-${process.pid}`, directory })
  })
  afterAll(async () => {
    await deployment?.destroy()
    await removeScratch(directory)
  })
  return {
    get deployment() {
      return deployment
    },
    get peer() {
      return deployment.node('peer')
    },
    get stackAddress() {
      return deployment.node('stack').address
    },
  }
}
