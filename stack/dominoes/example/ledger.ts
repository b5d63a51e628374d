/**
 * A replicated ledger: two threads keep the same balances, each checks and receipts about half of the deposits.
 * Run it: `node stack/dominoes/example/ledger.ts`
 */
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import * as dominoes from '../index.ts'

const { SlotWord, ActionWord } = dominoes
const replicas = 2
const deposits = 10_000

/** State, and the three parts of a request. A request's arguments are: account, amount, signature. */
class Ledger implements dominoes.Domain {
  readonly actions = new dominoes.ActionQueue(4)
  readonly #state = new Int32Array(9) // eight balances and the number of receipts
  readonly #words: Int32Array
  readonly #outbox: dominoes.OutboxWriter

  constructor({ words }: dominoes.Region, outbox: dominoes.OutboxWriter) {
    this.#words = words
    this.#outbox = outbox
  }

  needsCheck(): boolean {
    return true
  }

  /** By one replica: the work on the payload. It reads no state. */
  check(slot: number): number {
    const expected = sign(this.#argument(slot, 0), this.#argument(slot, 1))
    return this.#argument(slot, 2) === expected ? 1 : -1
  }

  /** By every replica, in order: the state change. It reads nothing but the state and the slot. */
  apply(slot: number): void {
    if ((this.#words[slot + SlotWord.verdict] as number) < 0) return
    const account = this.#argument(slot, 0)
    const balance = ((this.#state[account] as number) + this.#argument(slot, 1)) | 0
    this.#state[account] = balance
    const number = this.#state[8] as number
    this.#state[8] = (number + 1) | 0
    const action = this.actions.push(1, number)
    this.actions.words[action + ActionWord.fields] = account
    this.actions.words[action + ActionWord.fields + 1] = balance
  }

  /** By one replica: the effect. It reads no state either: the action holds all it needs. */
  perform(action: number): boolean {
    const { words } = this.actions
    const number = words[action + ActionWord.number] as number
    const record = this.#outbox.tryPut(number)
    if (record < 0) return false
    this.#words[record] = words[action + ActionWord.fields] as number
    this.#words[record + 1] = words[action + ActionWord.fields + 1] as number
    this.#outbox.commit(number)
    return true
  }

  hasMore(): boolean {
    return false // a deposit emits one action, which always fits the queue
  }

  resume(): void {}

  microsUntilDeadline(): number {
    return dominoes.noDeadline
  }

  digest(): number {
    return dominoes.hashWords(this.#state, 0, this.#state.length)
  }

  copyState(target: Int32Array): void {
    target.set(this.#state)
  }

  #argument(slot: number, k: number): number {
    return this.#words[slot + SlotWord.arguments + k] as number
  }
}

function sign(account: number, amount: number): number {
  return Math.imul(account + 1, amount) ^ 0x5eed
}

/** Takes what the application posted. Called by the replica that holds the producer role. */
function openSource(
  { words }: dominoes.Region,
  channel: dominoes.Channel,
  mailbox: dominoes.Mailbox,
  doorbell: dominoes.Signal,
): dominoes.Source {
  return {
    poll() {
      const limit = channel.freeSlots(8)
      let count = 0
      for (let record = mailbox.peek(); record >= 0 && count < limit; record = mailbox.peek()) {
        const slot = channel.slotAhead(count)
        words.copyWithin(slot + SlotWord.arguments, record, record + 3)
        mailbox.advance()
        count += 1
      }
      if (count > 0) channel.publish(count)
      return count
    },
    wait(micros) {
      const token = doorbell.prepare()
      if (mailbox.size === 0 && !channel.isClosing) doorbell.wait(token, micros)
    },
  }
}

interface Shared {
  readonly buffer: SharedArrayBuffer
  readonly layout: dominoes.FrameworkLayout
}

/** What both kinds of thread open over the shared memory. */
function open({ buffer, layout }: Shared, holder: number) {
  const region = dominoes.openRegion(buffer)
  const channel = new dominoes.Channel(region, layout.channel, holder)
  const mailbox = new dominoes.Mailbox(region, layout.mailboxes[0] as dominoes.MailboxLayout)
  return { region, channel, mailbox, doorbell: new dominoes.Signal(region, layout.doorbellWord) }
}

/** A replica's thread. */
function replicate(shared: Shared, id: number): void {
  const { region, channel, mailbox, doorbell } = open(shared, id)
  const domain = new Ledger(region, new dominoes.OutboxWriter(region, shared.layout.outbox))
  const source = openSource(region, channel, mailbox, doorbell)
  const nowMicros = () => 0 // this domain has no timers
  const replica = dominoes.openReplica(region, shared.layout, { id, domain, source, channel, nowMicros })
  dominoes.runReplica(replica, dominoes.createIdle({ kind: 'park' }, replica))
}

/** The application's thread. */
async function main(): Promise<void> {
  const plan = new dominoes.RegionPlan()
  const layout = dominoes.planFramework(plan, {
    replicas,
    slotCount: 64,
    slotBytes: 512,
    mailboxes: [64],
    outboxCount: 64,
    claimCount: 256,
    digestEntries: 1024,
    digestStride: 64,
  })
  const region = plan.allocate()
  dominoes.initialiseFramework(region, layout)
  const shared = { buffer: region.buffer, layout }
  const { channel, mailbox, doorbell } = open(shared, replicas)
  const outbox = new dominoes.OutboxReader(region, layout.outbox, channel.progress)
  const auditor = new dominoes.Auditor(region, layout.digests, layout.channel)
  const workers = Array.from(
    { length: replicas },
    (_, id) => new Worker(new URL(import.meta.url), { workerData: { ...shared, id } }),
  )
  const ended = Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))))

  let posted = 0
  let receipts = 0
  while (receipts < deposits * 0.9) {
    const token = outbox.filled.prepare()
    while (posted < deposits) {
      const signature = sign(posted % 8, posted) + (posted % 10 === 0 ? 1 : 0) // one in ten is forged
      if (!mailbox.tryPost(posted % 8, posted, signature)) break
      posted += 1
      doorbell.notify()
    }
    let record = outbox.peek()
    if (record < 0) await outbox.filled.waitAsync(token, 1000)
    for (; record >= 0; record = outbox.peek()) {
      receipts += 1
      outbox.advance()
    }
    auditor.audit()
  }
  channel.close()
  doorbell.notify()
  await ended
  const { divergences, digestsCompared } = auditor.finish()
  console.log(`${receipts} receipts, ${digestsCompared} digests compared, ${divergences} divergences`)
}

if (isMainThread) await main()
else replicate(workerData, workerData.id)
