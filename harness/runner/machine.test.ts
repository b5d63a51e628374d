import { expect, test } from 'vitest'
import { machineSchema } from '../result/manifest.ts'
import { temporaryFolder } from '../testing/fixtures.ts'
import { describeMachine, describeSource } from './machine.ts'

test('a machine is described as the manifest wants it, with or without Docker', async () => {
  const machine = await describeMachine()
  expect(machineSchema.parse(machine)).toEqual(machine)
  expect(machine.nodeVersion).toBe(process.version)
})

test('source outside a work tree has no commit', async () => {
  expect(await describeSource(await temporaryFolder())).toEqual({ commit: null, dirty: false })
})
