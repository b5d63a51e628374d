import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashWords } from '../../index.ts'
import { keyWords } from './messages.ts'
import { Store } from './store.ts'
import { EntryWord, planStore } from './store-layout.ts'

const entryCount = 16

function openStore(): Store {
  const layout = planStore(entryCount, 1)
  return new Store(new Int32Array(layout.words), layout)
}

/** Few hashes, so that keys collide in the index. */
function keyOf(n: number): { words: Int32Array; hash: number } {
  const words = new Int32Array(keyWords).fill(n)
  return { words, hash: hashWords(words, 0, keyWords) & 0x7 }
}

const find = (store: Store, n: number) => store.find(keyOf(n).words, 0, keyOf(n).hash)
const insert = (store: Store, n: number) => store.insert(keyOf(n).words, 0, 32, keyOf(n).hash)

describe('the store', () => {
  it('finds what a map finds', () => {
    const steps = fc.array(fc.record({ n: fc.nat(39), removes: fc.boolean() }), {
      maxLength: 500,
      size: 'max',
    })
    const property = fc.property(steps, (drawn) => {
      const store = openStore()
      const model = new Map<number, number>()
      for (const { n, removes } of drawn) {
        const known = model.get(n)
        expect(find(store, n)).toBe(known ?? -1)
        if (known === undefined) {
          const entry = insert(store, n)
          expect(entry < 0).toBe(model.size === entryCount)
          if (entry >= 0) model.set(n, entry)
        } else if (removes) {
          store.remove(known)
          model.delete(n)
        }
        expect(store.keyCount).toBe(model.size)
      }
      for (let n = 0; n < 40; n++) expect(find(store, n)).toBe(model.get(n) ?? -1)
    })
    fc.assert(property, { seed: 1, numRuns: 100 })
  })

  it('is the same bytes after the same changes', () => {
    const [one, other] = [openStore(), openStore()]
    for (const store of [one, other]) {
      for (let n = 0; n < 10; n++) insert(store, n)
      store.remove(find(store, 3))
    }
    expect(one.state).toEqual(other.state)
    other.remove(find(other, 4))
    expect(one.state).not.toEqual(other.state)
  })
})

describe('deadlines', () => {
  /** Times wrap in the middle of the range. */
  const base = 0x7fffff80

  it('come in order of time', () => {
    // Without a deadline the entry's is taken away.
    const step = fc.record({ entry: fc.nat(entryCount - 1), after: fc.option(fc.nat(255), { freq: 2 }) })
    const property = fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (drawn) => {
      const store = openStore()
      const model = new Map<number, number>()
      for (let n = 0; n < entryCount; n++) insert(store, n)
      for (const { entry, after } of drawn) {
        if (after === null) {
          store.deadlines.remove(entry)
          model.delete(entry)
        } else {
          store.deadlines.set(entry, (base + after) | 0)
          model.set(entry, after)
        }
        expect(store.deadlines.count).toBe(model.size)
        if (model.size === 0) continue
        const earliest = Math.min(...model.values())
        expect(store.deadlines.untilFirst(base)).toBe(earliest)
        expect(model.get(store.deadlines.first)).toBe(earliest)
      }
    })
    fc.assert(property, { seed: 1, numRuns: 100 })
  })

  it('go with their key', () => {
    const store = openStore()
    const entry = insert(store, 1)
    store.deadlines.set(entry, 5)
    store.remove(entry)
    expect(store.deadlines.count).toBe(0)
    expect(store.state[store.wordOf(entry) + EntryWord.heapPlace]).toBe(-1)
  })
})
