import { expect, test } from 'vitest'
import { fakeRun } from '../../harness/testing/fake-run.ts'
import { renderReport } from '../render.ts'

test('other user-level stacks stand beside ours, where their offloads are those of the panel, and are told', async () => {
  const sizes = { checksum: 1000, none: 1000, gvisor: 1000, pasta: 1000, linux: 1000 }
  const page = await renderReport(
    fakeRun({
      definition: {
        workload: { kind: 'bulk', direction: 'send', transferBytes: sizes, warmupBytes: sizes },
        cells: [
          { strategy: ['sequential'], payloadWork: ['checksum'], offload: ['off'] },
          { strategy: ['sequential'], payloadWork: ['none'], offload: ['on'] },
          { strategy: ['gvisor'], offload: ['off', 'on'] },
          { strategy: ['pasta'], topology: ['veth'], offload: ['on'] },
          { strategy: ['linux'], topology: ['veth'], offload: ['on'] },
        ],
        baselines: ['sequential'],
      },
    }),
  )
  const described = (panel: string) =>
    new RegExp(`<title[^>]*>Goodput, ${panel}</title><desc[^>]*>([^<]*)</desc>`).exec(page)?.[1] ?? ''
  const namesIn = (panel: string) => described(panel).match(/Sequential|gVisor|pasta|Linux/g)
  expect(namesIn('checksum, offloads off')).toEqual(['Sequential', 'gVisor'])
  expect(namesIn('none, offloads on')).toEqual(['Sequential', 'gVisor', 'pasta'])
  expect(page).toContain('Other user-level stacks')
  expect(page).toContain('<dt><span class="mark pasta"></span>pasta</dt>')
  expect(page).toContain('pasta (Debian package passt) is a proxy.')
  expect(page).not.toContain('NaN')
})
