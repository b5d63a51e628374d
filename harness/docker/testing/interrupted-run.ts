/**
 * A run for the clean-up test, to be interrupted at any moment: deploys and destroys a topology over and over,
 * telling each step on standard output.
 *
 *     node interrupted-run.ts <run id> <directory>
 */
import { deployTopology } from '../../topology/deploy.ts'
import { loadTopology } from '../../topology/load.ts'
import { resolveTopology } from '../../topology/resolve.ts'
import { withCleanUp } from '../clean-up.ts'

const [runId = '', directory = ''] = process.argv.slice(2)
const topology = resolveTopology(await loadTopology('veth'))
const onProgress = (message: string) => console.log(message)

await withCleanUp(async (signal) => {
  while (!signal.aborted) {
    const deployment = await deployTopology(topology, { runId, directory, onProgress })
    onProgress('deployed')
    await deployment.node('peer').exec(['sleep', '0.1'])
    await deployment.destroy()
  }
})
