import { expect, test } from 'vitest'
import { TestHost } from '../testing/host.ts'

/** `count` connections were begun. */
function opened(count: number): TestHost {
  const host = new TestHost()
  host.learn()
  for (let number = 0; number < count; number += 1) host.connect(80, 33_000 + number)
  return host
}

test('a copy goes on as the original does', () => {
  const original = opened(3)
  const copy = new TestHost()
  original.machine.copyState(copy.state)
  copy.now = original.now
  for (const host of [original, copy]) host.connect(80, 34_000)
  expect(copy.machine.digestAll()).toBe(original.machine.digestAll())
})

test('a copy over the state of a replica that was ahead when it ended goes on as the original does', () => {
  const original = opened(1)
  const copy = opened(4)
  original.machine.copyState(copy.state)
  copy.now = original.now
  for (const host of [original, copy]) host.connect(80, 34_000)
  expect(copy.machine.digest()).toBe(original.machine.digest())
})
