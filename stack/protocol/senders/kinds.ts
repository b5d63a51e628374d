/** The kinds of senders that the machine has. Another kind is one line here and one in `numbering.ts`. */

import { ageing } from '../ageing.ts'
import { compositeSender } from '../ctp/output.ts'
import { addressDefense } from '../link/address-defense.ts'
import { neighborSender } from '../link/neighbor-sender.ts'
import type { Core } from '../state/core.ts'
import { connectionSender } from '../tcp/connection-sender.ts'
import { datagramSender } from '../udp/output.ts'
import type { SenderKind } from './kind.ts'
import type { SenderName } from './numbering.ts'

export type SenderKinds = Readonly<Record<SenderName, SenderKind<Core>>>

export const senderKinds: SenderKinds = {
  connection: connectionSender,
  neighbor: neighborSender,
  datagram: datagramSender,
  composite: compositeSender,
  ageing,
  addressDefense,
}
