import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../demo/demo.ts'
import { RawHost } from './testing/raw-host.ts'

/**
 * What a host that speaks raw frames can do to the demonstration's server, and what it must get in answer. A case is a
 * Python function in `harness/peers/wire/`, named here by the sentence that it proves. After each of them the page
 * has to come within a second.
 */
const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a peer whose TCP is old, plain or peculiar': {
    timestamps_left_out_after_the_handshake:
      'is answered when it leaves out the timestamps that it negotiated',
    reading_without_window_scaling: 'gets no ACK that repeats the last one, if it does not scale windows',
    data_in_the_ack_of_the_handshake: 'may send data with the ACK of the handshake',
    data_and_fin_in_the_ack_of_the_handshake: 'may send all it has to say with the ACK of the handshake',
    data_after_the_application_closed: 'is reset when it sends what nobody will read',
    data_unread_when_the_application_closes:
      'is reset and sees no FIN when the application left its data unread',
    tail_is_sacked_while_it_is_probed:
      'gets each byte a few times at most when it SACKs the tail that is probed',
    shut_window_of_an_orphan: 'is probed at growing intervals while its window is shut',
    window_taken_back_with_data_in_flight: 'may take its window back and give it again later',
  },
  'a segment out of place': {
    rebooted_peer: 'is challenged if it is the SYN of a peer that rebooted, which opens after its reset',
    another_syn_in_syn_received: 'does not shut out a client that begins again before its handshake is over',
    reset_in_the_window: 'is challenged if it is a reset in the window',
    reset_at_the_next_sequence_number: 'resets at RCV.NXT',
    reset_outside_of_the_window: 'is dropped if it is a reset outside of the window',
    reset_one_before_after_a_fin: 'resets at RCV.NXT - 1 after a FIN, as macOS does',
    syn_on_an_open_connection: 'is challenged if it is a SYN, wherever its number lies',
    challenges_of_one_connection_do_not_use_up_anothers: 'takes no challenge ACK from another connection',
    old_timestamps_without_end: 'is answered a few times at most if its timestamp is old',
    timestamp_of_an_unacceptable_ack: 'is not believed its timestamp if it acknowledges what was never sent',
    syn_with_fin: 'does not open if it has SYN and FIN',
    initial_sequence_numbers_of_one_instant: 'shows nothing of how ISNs are made',
    initial_sequence_numbers_of_one_tuple: 'gets ISNs that rise with a clock, for one tuple',
  },
  'an address that cannot be': {
    sources_that_cannot_be: 'is not answered as a source',
    syn_to_a_broadcast_address: 'opens no connection if it is broadcast',
    frames_for_another_host: 'is not answered if it is the hardware address of another host',
    datagram_to_a_closed_port: 'is no reason to be silent about a closed port',
    datagrams_that_no_error_may_answer: 'gets no ICMP error if broadcast or multicast is at either end',
    claims_of_the_stacks_address: 'is contradicted once if it is the address of the stack',
    noise: 'comes to nothing, like all noise',
  },
  'a datagram larger than a frame': {
    echo_of_any_size: 'is echoed, up to 20,000 bytes',
    fragments_in_reverse_order: 'is put together whatever the order',
    fragments_of_several_datagrams_at_once: 'is put together beside others',
    fragments_that_overlap: 'is given up if its fragments overlap',
    fragments_that_never_end: 'is given up if it cannot be',
    flood_of_first_fragments: 'is put together during a flood of first fragments',
  },
  'an honest client is served within a second': {
    strangers_ask_by_arp: 'while 300 hosts ask by ARP',
    connections_that_never_ask: 'while 100 connections never ask anything',
    connections_that_ask_by_half: 'while 100 connections ask by half',
    syn_flood_of_silent_hosts: 'during and after 2,000 SYNs from addresses that are silent',
    syn_flood_of_hosts_that_answer_arp: 'during and after 2,000 SYNs from addresses that answer ARP',
    acks_out_of_nothing: 'while ACKs out of nothing guess cookies, and open nothing',
    a_client_that_comes_during_a_flood: 'with data and FIN, when it comes during a flood',
    data_and_then_a_reset: 'after 1,200 connections that sent data and a reset',
    a_request_and_then_a_reset: 'after 1,200 connections that were reset while they were answered',
    a_fin_before_any_request: 'after 1,200 connections that closed without a request',
    vanish_more_than_the_table_has_places:
      'while and after 1,500 peers vanish, more than the table has places',
    vanish_after_the_page: 'while and after 200 peers take the page and vanish without a FIN',
    vanish_without_acknowledging: 'while and after 200 peers ask and vanish',
    vanish_with_the_window_shut: 'while and after 200 peers shut their windows and vanish',
  },
}

/** Belong to connections that the stack opens: `active-open.net.test.ts`. */
const activeCases = [
  'ports_and_sequence_numbers',
  'simultaneous_open',
  'strangers_ask_while_the_stack_connects',
]

let demo: Demo
let host: RawHost

beforeAll(async () => {
  demo = await startDemo(() => {})
  host = await RawHost.start(demo.testbed.peer, demo.testbed.stack.address, true)
})

afterAll(async () => {
  await host?.end()
  await demo?.testbed.destroy()
})

for (const [what, cases] of Object.entries(groups)) {
  describe(what, () => {
    for (const [name, sentence] of Object.entries(cases)) {
      test(sentence, async () => {
        expect(await host.run(name)).toBeNull()
      })
    }
  })
}

test('no replica differs after all that', async () => {
  const page = await demo.testbed.peer.exec(['curl', '-sS', '--max-time', '1', `${demo.url}/`])
  expect(page.stdout).toContain('Divergences: 0.')
})

test('every case is named here', () => {
  expect([...Object.values(groups).flatMap(Object.keys), ...activeCases].toSorted()).toEqual(host.cases)
})
