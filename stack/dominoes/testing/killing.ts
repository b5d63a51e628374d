/**
 * Kills a replica at a chosen step, on one thread and again and again alike: a step is a run of instructions up to the
 * next atomic operation. What a real kill can leave behind is what it has done up to some instruction, and other threads
 * look at nothing but what atomic operations order.
 */

const names = ['load', 'store', 'add', 'or', 'compareExchange', 'notify'] as const

class Killed extends Error {}

/** Lets code run until it has done so many more atomic operations, in all calls of `run` together. */
export class Killer {
  #remaining: number
  #isDead = false

  constructor(operations: number) {
    this.#remaining = operations
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Runs `body`, or a part of it. */
  run(body: () => void): void {
    const originals = names.map((name) => [name, Atomics[name]] as const)
    const atomics = Atomics as unknown as Record<string, unknown>
    for (const [name, original] of originals) {
      atomics[name] = (...parameters: unknown[]) => {
        if (this.#remaining-- === 0) throw new Killed()
        return (original as (...all: unknown[]) => unknown)(...parameters)
      }
    }
    try {
      body()
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      this.#isDead = true
    } finally {
      for (const [name, original] of originals) atomics[name] = original
    }
  }
}

const original = names.map((name) => [name, Atomics[name]] as const)

/** Does what is the kernel's, which does it whole or not at all: nobody is killed in the midst of `body`. */
export function spared<Result>(body: () => Result): Result {
  const atomics = Atomics as unknown as Record<string, unknown>
  const killing = names.map((name) => [name, Atomics[name]] as const)
  for (const [name, safe] of original) atomics[name] = safe
  try {
    return body()
  } finally {
    for (const [name, deadly] of killing) atomics[name] = deadly
  }
}
