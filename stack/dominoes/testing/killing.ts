/**
 * Kills a replica at a chosen step, on one thread and repeatably. A step is a run of instructions up to the
 * next atomic operation. That is fine enough: a real kill may come at any instruction, but other threads see
 * only what atomic operations order.
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

/**
 * Runs a body that stands for a system call, which the kernel completes or does not begin: no kill comes
 * inside it.
 */
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
