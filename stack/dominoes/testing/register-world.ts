/** A region with everything that replicas of the register domain share, and what tests read back from it. */
import { Channel } from '../channel/channel.ts'
import type { MailboxLayout } from '../channel/mailbox.ts'
import { Mailbox } from '../channel/mailbox.ts'
import { OutboxWriter } from '../channel/outbox.ts'
import type { ClaimPolicy } from '../claims/claim-policy.ts'
import { Membership } from '../membership/membership.ts'
import { queueStorage } from '../membership/membership-layout.ts'
import { openRegion, type Region, RegionPlan } from '../memory/region.ts'
import {
  type FrameworkLayout,
  type FrameworkOptions,
  type FrameworkStart,
  initialiseFramework,
  planFramework,
} from '../replica/framework-layout.ts'
import { openReplica } from '../replica/open-replica.ts'
import type { Replica } from '../replica/replica.ts'
import { initialiseRegisterState, RegisterDomain, registerStateWords } from './register-domain.ts'
import { RegisterSource, recoverRegisterSource } from './register-source.ts'

export interface RegisterWorldLayout {
  readonly framework: FrameworkLayout
  readonly logWord: number
  readonly logCount: number
  readonly generatorWord: number
  readonly firstNumber: number
  readonly statesWord: number
}

/** What crosses to a worker thread. */
export interface RegisterWorld {
  readonly buffer: SharedArrayBuffer
  readonly layout: RegisterWorldLayout
}

const logCount = 1 << 16

/** Plans and initialises a world; actions and outbox records both count from `start.action`. */
export function createWorld(options: Partial<FrameworkOptions>, start: FrameworkStart): RegisterWorld {
  const plan = new RegionPlan()
  const framework = planFramework(plan, {
    replicas: 2,
    slotCount: 16,
    slotBytes: 640,
    outboxCount: 32,
    mailboxes: [16],
    claimCount: 64,
    digestEntries: 4096,
    digestStride: 4,
    ...options,
  })
  const logWord = plan.reserve(logCount * 4) / 4
  const generatorWord = plan.reserve(8) / 4
  const statesWord = plan.reserve(framework.channel.replicas * registerStateWords * 4) / 4
  const region = plan.allocate()
  const firstNumber = (start.action ?? 0) | 0
  initialiseFramework(region, framework, { ...start, outbox: firstNumber })
  const layout = { framework, logWord, logCount, generatorWord, firstNumber, statesWord }
  for (let replica = 0; replica < framework.channel.replicas; replica++) {
    initialiseRegisterState(stateOf(region, layout, replica), firstNumber)
  }
  return { buffer: region.buffer, layout }
}

function stateOf(region: Region, { statesWord }: RegisterWorldLayout, replica: number): Int32Array {
  const at = statesWord + replica * registerStateWords
  return region.words.subarray(at, at + registerStateWords)
}

export interface OpenOptions {
  readonly id: number
  readonly nowMicros: () => number
  readonly pollBatch: number
  readonly batch: number
  readonly queueCapacity: number
  readonly useOutbox: boolean
  readonly sleep?: (micros: number) => void
  /** Default: the claim board. */
  readonly claims?: (region: Region, framework: FrameworkLayout, channel: Channel) => ClaimPolicy
}

export interface OpenWorld {
  readonly region: Region
  readonly channel: Channel
  readonly domain: RegisterDomain
  readonly mailbox: Mailbox
  readonly replica: Replica
}

/** One replica of the world, for the thread that calls this. */
export function openWorld(world: RegisterWorld, options: OpenOptions): OpenWorld {
  const region = openRegion(world.buffer)
  const { framework, generatorWord } = world.layout
  const { id, nowMicros, sleep } = options
  const channel = new Channel(region, framework.channel, id)
  const isMember = framework.membership.actionCapacity > 0
  const domain = new RegisterDomain({
    ...world.layout,
    region,
    state: stateOf(region, world.layout, id),
    queueCapacity: isMember ? framework.membership.actionCapacity : options.queueCapacity,
    ...(isMember ? { queue: queueStorage(region, framework.membership, id) } : {}),
    ...(options.useOutbox ? { outbox: new OutboxWriter(region, framework.outbox) } : {}),
  })
  const mailbox = new Mailbox(region, framework.mailboxes[0] as MailboxLayout)
  const source = new RegisterSource({
    region,
    channel,
    domain,
    mailbox,
    nowMicros,
    batch: options.pollBatch,
    generatorWord,
    ...(sleep ? { sleep } : {}),
  })
  const replica = openReplica(region, framework, {
    id,
    domain,
    source,
    channel,
    nowMicros,
    batch: options.batch,
    ...(isMember ? { stateOf: (replica: number) => stateOf(region, world.layout, replica) } : {}),
    ...(options.claims ? { claims: options.claims(region, framework, channel) } : {}),
  })
  return { region, channel, domain, mailbox, replica }
}

/** Finishes for killed replicas of a world, on the thread that calls this. */
export function openMembership(world: RegisterWorld): Membership {
  const region = openRegion(world.buffer)
  const { framework, generatorWord } = world.layout
  const channel = new Channel(region, framework.channel, framework.channel.replicas)
  const mailbox = new Mailbox(region, framework.mailboxes[0] as MailboxLayout)
  const outbox = new OutboxWriter(region, framework.outbox)
  return new Membership({
    region,
    layout: framework,
    channel,
    domain: new RegisterDomain({ ...world.layout, region, queueCapacity: 1, outbox }),
    recoverSource: (from) => recoverRegisterSource(region.words, channel, mailbox, generatorWord, from),
  })
}

/** How often each of `count` actions from the first was performed, as a table of outcomes: { 1: count } is right. */
export function performOutcomes(world: RegisterWorld, count: number): Record<number, number> {
  const { words } = openRegion(world.buffer)
  const { logWord, firstNumber } = world.layout
  const outcomes: Record<number, number> = {}
  for (let k = 0; k < count; k++) {
    const times = Atomics.load(words, logWord + ((firstNumber + k) & (logCount - 1)))
    outcomes[times] = (outcomes[times] ?? 0) + 1
  }
  return outcomes
}
