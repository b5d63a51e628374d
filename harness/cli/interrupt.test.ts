import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { interruptible } from './interrupt.ts'

test('a reader of the output that goes away is an interrupt', () => {
  const output = new PassThrough()
  const signal = interruptible([output])
  output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  expect(signal.aborted).toBe(true)
})
