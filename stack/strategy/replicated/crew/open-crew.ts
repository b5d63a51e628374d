/**
 * Puts the crew of a replicated stack together; undefined where replicas cannot come and go. Application's
 * thread only.
 */

import type { Device } from '../../../device/device.ts'
import { monotonicClock } from '../../../device/kernel/clock.ts'
import { Channel } from '../../../dominoes/channel/channel.ts'
import type { MailboxLayout } from '../../../dominoes/channel/mailbox.ts'
import { Mailbox } from '../../../dominoes/channel/mailbox.ts'
import { Membership } from '../../../dominoes/membership/membership.ts'
import type { Region } from '../../../dominoes/memory/region.ts'
import type { StackLayout } from '../../layout/stack-layout.ts'
import type { StackParameters } from '../../options.ts'
import { recoverPosted } from '../../parts/network-source.ts'
import { openDomain } from '../../parts/open-parts.ts'
import type { OpenCrewParts } from '../../strategy.ts'
import { Crew } from './crew.ts'

const defaultStallLimitMillis = 5000

/** Starts the replicas' threads. */
export function openCrew(parts: OpenCrewParts): Crew | undefined {
  const { region, layout, parameters, outbox, startThread, wakeDevice } = parts
  const { strategy } = parameters
  if (strategy.kind !== 'replicated' || layout.framework.membership.actionCapacity === 0) return undefined
  const channel = new Channel(region, layout.framework.channel, layout.replicas)
  return new Crew({
    membership: openMembership(region, layout, parameters, channel),
    channel,
    capacity: layout.replicas,
    replicas: strategy.replicas,
    stallLimitMillis: strategy.stallLimitMillis ?? defaultStallLimitMillis,
    isApplicationBehind: () => outbox.peek() >= 0,
    startThread,
    wakeDevice,
  })
}

/** `channel` is the calling thread's. */
export function openMembership(
  region: Region,
  layout: StackLayout,
  parameters: StackParameters,
  channel: Channel,
): Membership {
  const { framework } = layout
  const mailbox = new Mailbox(region, framework.mailboxes[0] as MailboxLayout)
  const { capabilities } = parameters.device
  const device: Device = { ...noDevice, capabilities }
  // This domain applies and sends nothing, so it may be opened over any replica's state.
  const domain = openDomain({ region, layout, parameters, thread: 0, device, clock: monotonicClock, seed: 0 })
  return new Membership({
    region,
    layout: framework,
    channel,
    domain,
    recoverSource: (from) => recoverPosted(region.words, channel, mailbox, from),
  })
}

const noDevice: Omit<Device, 'capabilities'> = {
  read: () => 0,
  write: () => false,
  wait: () => {},
  wake: () => {},
  close: () => {},
}
