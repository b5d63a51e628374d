/**
 * The machine's words that belong to no connection. Counters wrap; their names follow the TCP MIB
 * (RFC 4022) where it has one.
 */
import { type Cursor, defineRecord } from '../../wire/record.ts'

export const globalRecord = defineRecord({
  // Clock
  clockStarted: '1 once a request was applied',
  lastNow: 'time stamp of the last request, microseconds',
  millis: 'the timestamp clock (RFC 7323 section 5.4), milliseconds, wrapping',
  subMillis: 'microseconds not yet counted in millis',
  timedSenders: 'senders in the timer heap',

  // Numbering
  actionNumber: 'number of the next action',
  upcallNumber: 'number of the next upcall',
  frameNumber: 'number of the next frame',

  identification: 'counts the packets that were sent in fragments',

  // Work left to emit
  pendingHead: 'first sender that may have something to emit, sender + 1',
  pendingTail: 'last one, sender + 1; meaningless if there is none',

  // Allocation
  connectionsHigh: 'connection indexes below this were used at some time',
  freeHead: 'first free connection below connectionsHigh, index + 1',
  connectionsUsed: 'connections that are not free',
  orphanHead: 'oldest orphan, index + 1',
  orphanTail: 'youngest orphan, index + 1',
  orphanCount: 'connections that the application released and that are not over',
  neighborsHigh: 'neighbor entries below this were used at some time',
  timeWaitNext: 'entry of the TIME-WAIT table that is filled next',
  socketsHigh: 'UDP sockets below this index were used at some time',
  socketFreeHead: 'first free socket below socketsHigh, index + 1',
  waitingDatagramsHigh: 'entries of datagrams that wait, below this, were used at some time',
  waitingDatagramFree: 'first free one below that, index + 1',
  portsDrawn: 'local ports drawn (RFC 6056)',

  // Rate limits
  cookieMillis: 'when the last SYN cookie was sent, on the timestamp clock',
  icmpSecond:
    'start of the second of the ICMP error limit (RFC 1812 section 4.3.2.8), on the timestamp clock',
  icmpCount: 'ICMP errors sent in it',
  defendedAt: 'when this address was last announced against a claim of it, on the timestamp clock',

  // Counters
  requests: 'requests applied',
  badVerdicts: 'frames ignored because their check refused them',
  notOurs: 'frames with a good check that nothing here takes',
  activeOpens: 'connections begun by connect',
  passiveOpens: 'connections begun by a SYN to a listener',
  attemptFails: 'connections that ended before they were established',
  listenOverflows:
    'SYNs, and last ACKs of handshakes, ignored because the backlog or the connection table was full',
  segmentsIn: 'TCP segments received',
  segmentsOut: 'TCP segments sent',
  retransmits: 'segments sent again',
  fastRetransmits: 'recoveries entered without a retransmission timeout',
  timeouts: 'retransmission timeouts',
  lossProbes: 'tail loss probes (RFC 8985 section 7)',
  windowProbes: 'zero-window probes',
  undos: 'recoveries found to be spurious and undone',
  dsacksIn: 'duplicate SACKs received (RFC 2883)',
  duplicateAcksIn: 'ACKs that repeated SND.UNA and carried nothing else',
  outOfOrderIn: 'segments received beyond RCV.NXT',
  duplicatesIn: 'segments received of which nothing was new',
  rangesExhausted: 'segments dropped because no further range could be remembered',
  challengeAcks: 'challenge ACKs sent',
  resetsIn: 'connections reset by the peer',
  resetsOut: 'RST segments sent',
  pawsRejected: 'segments refused by their timestamp (RFC 7323 section 5)',
  icmpErrorsIn: 'ICMP errors that named a connection of ours',
  icmpErrorsOut: 'ICMP errors sent',
  echoReplies: 'echo requests answered',
  arpRequestsOut: 'ARP requests sent',
  arpRepliesOut: 'ARP replies sent',
  addressConflicts: 'ARP packets in which another host claimed this address (RFC 5227)',
  addressDefenses: 'announcements against such claims',
  cookiesSent: 'SYNs answered by a SYN cookie (RFC 4987)',
  cookiesAccepted: 'connections opened by one',
  cookiesRejected: 'ACKs to a listener whose number was no cookie of ours',
  orphansReclaimed: 'orphans ended to make room',
  datagramsIn: 'UDP datagrams delivered to a socket',
  datagramsOut: 'UDP datagrams sent',
  datagramsToNobody: 'UDP datagrams to a port that no socket hears',
  datagramsDropped: 'UDP datagrams that found the receive buffer full',
  datagramsUnsent:
    'UDP datagrams not sent: the next hop did not answer, too many waited, or there is no such host',
  messagesIn: 'messages of composite protocols that arrived and were kept',
  messagesOut: 'messages sent, acknowledgments not counted',
  messagesAgain: 'messages sent again',
  acknowledgmentsOut: 'acknowledgments sent',
  messagesDuplicate: 'messages that had arrived before, or after they were given up',
  messagesMissing: 'messages given up: they had not arrived when later ones had',
  messagesDropped: 'messages that found no room',
  messagesUnsent: 'messages not sent: the next hop did not answer',
  messagesToNobody: 'messages to a port at which no composite hears their sender',
  messagesMismatched: 'messages of a composite with other microprotocols',
  echoesTooLong: 'echo requests not answered: the reply would take too many fragments',
})

export type Globals = Cursor<typeof globalRecord.fields>
