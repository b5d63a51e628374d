import { expect, test } from 'vitest'
import { IdleClients } from './idle-clients.ts'

const limits = { askMillis: 10_000, answerMillis: 30_000, clients: 3 }

function client() {
  const made = { stream: { acknowledged: 0 }, isAborted: false, abort: () => {} }
  made.abort = () => {
    made.isAborted = true
  }
  return made
}

test('a client that asks nothing is ended after the time to ask, and no earlier', () => {
  const clients = new IdleClients(limits)
  const silent = client()
  clients.asks(silent, 1000)
  clients.sweep(10_999)
  expect(silent.isAborted).toBe(false)
  clients.sweep(11_000)
  expect([silent.isAborted, clients.count]).toEqual([true, 0])
})

test('a client that takes its answer is left alone; one that stops is ended', () => {
  const clients = new IdleClients(limits)
  const slow = client()
  clients.asks(slow, 0)
  clients.answers(slow, 5000)
  for (let second = 5; second < 300; second += 1) {
    if (second % 20 === 0) slow.stream.acknowledged += 1
    clients.sweep(second * 1000)
  }
  expect(slow.isAborted).toBe(false)
  clients.sweep(330_000)
  expect(slow.isAborted).toBe(true)
})

test('one client too many ends the one that has been asking for longest', () => {
  const clients = new IdleClients(limits)
  const all = Array.from({ length: 4 }, client)
  for (const [k, each] of all.entries()) {
    clients.asks(each, k)
    if (k === 0) clients.answers(each, k)
  }
  expect(all.map(({ isAborted }) => isAborted)).toEqual([false, true, false, false])
})

test('a client that is gone is not ended', () => {
  const clients = new IdleClients(limits)
  const done = client()
  clients.asks(done, 0)
  clients.gone(done)
  clients.sweep(1e9)
  expect(done.isAborted).toBe(false)
})
