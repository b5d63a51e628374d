import { beforeAll, expect, it } from 'vitest'
import { ensureImage } from '../docker/image.ts'
import { runDoctor } from './doctor.ts'

beforeAll(() => ensureImage())

it('finds a machine that runs these tests able to run experiments', async () => {
  const { checks, ready } = await runDoctor()
  expect(checks.filter((each) => each.state === 'missing')).toEqual([])
  expect(ready).toBe(true)
  for (const id of ['engine', 'image', 'capabilities', 'tap', 'veth']) {
    expect(checks.find((each) => each.id === id)).toMatchObject({ state: 'ok' })
  }
})
