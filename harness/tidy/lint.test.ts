import { expect, test } from 'vitest'
import { lint, linterMillis } from './testing/lint.ts'

const imports = (specifier: string) => `import { x } from '${specifier}'\nexport const y = x\n`

const importsType = (specifier: string) => `import type { x } from '${specifier}'\nexport type y = typeof x\n`

/** Each row: where the file lies, what it says, the rule that has to complain. */
const refused: readonly (readonly [path: string, text: string, rule: string])[] = [
  ['stack/wire/a.ts', imports('../dominoes/region.ts'), 'noRestrictedImports'],
  ['stack/wire/b.ts', imports('node:fs'), 'noRestrictedImports'],
  ['stack/dominoes/a.ts', imports('../wire/header.ts'), 'noRestrictedImports'],
  ['stack/dominoes/b.ts', imports('../sim/clock.ts'), 'noRestrictedImports'],
  ['stack/payload/a.ts', imports('../dominoes/channel.ts'), 'noRestrictedImports'],
  ['stack/device/a.ts', imports('../protocol/config.ts'), 'noRestrictedImports'],
  ['stack/device/b.ts', imports('../dominoes/channel.ts'), 'noRestrictedImports'],
  ['stack/protocol/tcp/a.ts', imports('../../strategy/sequential.ts'), 'noRestrictedImports'],
  ['stack/protocol/tcp/b.ts', imports('../../dominoes/channel.ts'), 'noRestrictedImports'],
  ['stack/protocol/tcp/c.ts', imports('node:fs'), 'noRestrictedImports'],
  ['stack/protocol/tcp/d.ts', imports('../../device/device.ts'), 'noRestrictedImports'],
  ['stack/protocol/e.ts', 'export const now = Date.now()\n', 'noRestrictedGlobals'],
  ['stack/protocol/f.ts', 'export const now = performance.now()\n', 'noRestrictedGlobals'],
  ['stack/protocol/g.ts', 'setTimeout(() => {}, 1)\n', 'noRestrictedGlobals'],
  ['stack/protocol/h.ts', 'export const id = crypto.randomUUID()\n', 'noRestrictedGlobals'],
  ['stack/protocol/i.ts', 'export const x = process.env.X\n', 'noRestrictedGlobals'],
  ['stack/protocol/j.ts', 'export const x = Math.random()\n', 'noJsRestrictedProperties'],
  ['stack/strategy/a.ts', imports('../socket/stack.ts'), 'noRestrictedImports'],
  ['stack/strategy/b.ts', imports('../sim/clock.ts'), 'noRestrictedImports'],
  ['stack/strategy/running/start.ts', imports('../replay/recorder.ts'), 'noRestrictedImports'],
  ['stack/strategy/running/stack-thread.ts', imports('../replicated/crew/crew.ts'), 'noRestrictedImports'],
  ['stack/strategy/strategy.ts', imports('./locked/locks.ts'), 'noRestrictedImports'],
  ['stack/socket/a.ts', imports('../device/tap.ts'), 'noRestrictedImports'],
  ['stack/socket/b.ts', imports('../sim/clock.ts'), 'noRestrictedImports'],
  ['stack/index.ts', imports('./sim/clock.ts'), 'noRestrictedImports'],
  ['stack/sim/a.ts', imports('../../harness/error.ts'), 'noRestrictedImports'],
  ['stack/trace/a.ts', imports('../protocol/state/tcb.ts'), 'noRestrictedImports'],
  ['stack/trace/analysis/b.ts', imports('../../device/device.ts'), 'noRestrictedImports'],
  ['stack/trace/c.ts', imports('node:fs'), 'noRestrictedImports'],
  ['stack/socket/c.ts', imports('../trace/index.ts'), 'noRestrictedImports'],
  ['stack/wire/a.test.ts', imports('../../harness/error.ts'), 'noRestrictedImports'],
  ['harness/runner/a.ts', imports('../../stack/wire/header.ts'), 'noRestrictedImports'],
  ['harness/runner/c.ts', imports('../../stack/sim/hosts/world.ts'), 'noRestrictedImports'],
  ['harness/runner/b.ts', imports('../../reports/render.ts'), 'noRestrictedImports'],
  ['harness/cli/commands/a.ts', imports('../../../stack/wire/header.ts'), 'noRestrictedImports'],
  ['reports/a.ts', imports('../harness/runner/run.ts'), 'noRestrictedImports'],
  ['reports/sections/b.ts', imports('../../stack/index.ts'), 'noRestrictedImports'],
  ['experiments/a.ts', imports('../harness/matrix/load.ts'), 'noRestrictedImports'],
  ['topologies/a.ts', imports('../harness/docker/engine/client.ts'), 'noRestrictedImports'],
  ['harness/matrix/c.ts', 'export default 1\n', 'noDefaultExport'],
  ['harness/matrix/CamelCase.ts', 'export const x = 1\n', 'useFilenamingConvention'],
  ['harness/matrix/long.ts', `export const x = [\n${'  1,\n'.repeat(400)}]\n`, 'noExcessiveLinesPerFile'],
  ['harness/matrix/d.ts', `export const x = new ${'Message'}Channel()\n`, 'noRestrictedGlobals'],
  ['harness/agent/circle-a.ts', imports('./circle-b.ts'), 'noImportCycles'],
  ['harness/agent/circle-b.ts', imports('./circle-a.ts'), 'noImportCycles'],
  ['stack/wire/circle-a.ts', importsType('./circle-b.ts'), 'noImportCycles'],
  ['stack/wire/circle-b.ts', importsType('./circle-a.ts'), 'noImportCycles'],
  ['harness/matrix/e.test.ts', "import { test } from 'vitest'\ntest.only('x', () => {})\n", 'noFocusedTests'],
]

const accepted: readonly (readonly [path: string, text: string])[] = [
  ['stack/payload/good.ts', imports('../dominoes/memory/region.ts')],
  ['stack/payload/good-too.ts', imports('../wire/checksum.ts')],
  ['stack/device/good.ts', imports('../dominoes/memory/region.ts')],
  ['stack/protocol/tcp/good.ts', imports('../../dominoes/contract/action-queue.ts')],
  ['stack/protocol/good.ts', imports('../wire/header.ts')],
  ['stack/strategy/good.ts', imports('../protocol/machine.ts')],
  ['stack/strategy/good-too.ts', imports('../dominoes/channel.ts')],
  ['stack/socket/good.ts', imports('../strategy/start.ts')],
  ['stack/wire/good.test.ts', imports('../sim/clock.ts')],
  ['stack/sim/good.ts', imports('../protocol/machine.ts')],
  ['stack/trace/analysis/good.ts', imports('../../protocol/tcp/sequence.ts')],
  ['stack/trace/good.ts', imports('../device/wrappers/pcap-records.ts')],
  ['stack/dominoes/good.ts', 'export const now = Date.now()\n'],
  ['harness/agent/good.ts', imports('../../stack/index.ts')],
  ['harness/agent/good-too.ts', imports('../../stack/sim/index.ts')],
  ['harness/agent/good-three.ts', imports('../../stack/trace/index.ts')],
  ['harness/cli/good.ts', imports('../../reports/render.ts')],
  ['reports/good.ts', imports('../harness/result/store.ts')],
  ['experiments/good.ts', imports('../harness/matrix/define.ts')],
  ['topologies/good.ts', imports('../harness/topology/define.ts')],
  ['vitest.config.ts', 'export default {}\n'],
]

test('every direction of imports and every banned name is refused by the linter', {
  timeout: linterMillis,
}, async () => {
  const complaints = await lint(refused)
  expect(
    refused.map(([path, , rule]) => `${path} ${rule}`).filter((row) => !complaints.includes(row)),
  ).toEqual([])
})

test('what is allowed draws no complaint', { timeout: linterMillis }, async () => {
  expect(await lint(accepted)).toEqual([])
})
