"""Segments and frames that belong to no valid exchange: resets and SYNs out of place, impossible addresses."""

import random
import time

import frames
from cases import case
from connection import Connection
from frames import (
    ACK,
    ARP_REQUEST,
    BROADCAST_MAC,
    ETHER_ARP,
    FIN,
    ICMP,
    PSH,
    RST,
    SYN,
    TCP,
    UINT32,
    TcpOptions,
    mac_bytes,
)
from host import Complaint
from spoofed import flood

BROADCAST = "10.77.0.255"
IMPOSSIBLE_SOURCES = ["127.0.0.1", "127.9.9.9", "10.77.0.1", BROADCAST, "255.255.255.255", "224.0.0.1", "0.0.0.0"]


@case
def rebooted_peer(host):
    """RFC 9293 section 3.5.1, figure 9: the peer opens again, without timestamps; for the stack it is still open."""
    connection = Connection(host, timestamps=True, window_scale=7).open()
    known = connection.sequence
    time.sleep(0.05)
    host.wire.drain()
    connection.timestamps = False
    connection.sequence = (known + 0x30000000) & UINT32
    connection.send_syn()
    answer = connection.expect(
        f"a challenge ACK of {known}", lambda each: each.flags == ACK and each.acknowledgment == known
    )
    connection.send(RST, sequence=answer.acknowledgment)
    connection.sequence = connection.initial
    connection.open()
    connection.get()
    connection.expect_page()
    connection.close()


@case
def another_syn_in_syn_received(host):
    """A client sends a SYN with another ISN during its handshake: it connects, at once or after it sent a reset."""
    connection = Connection(host)
    connection.send_syn()
    connection.expect_syn_ack()
    connection.sequence = (connection.initial + 0x20000000) & UINT32
    connection.send_syn()
    answer = connection.expect("an answer to the SYN with another ISN", lambda each: not each.data)
    if answer.flags == ACK:
        connection.send(RST, sequence=answer.acknowledgment)
        connection.sequence = connection.initial
        connection.send_syn()
        connection.expect_syn_ack()
    elif answer.has(SYN | ACK) and answer.acknowledgment == connection.sequence:
        connection.acknowledgment = (answer.sequence + 1) & UINT32
    else:
        raise Complaint(f"expected a challenge ACK, or a SYN-ACK of the new ISN; there came {answer}")
    connection.send_ack()
    connection.get()
    connection.expect_page()
    connection.close()


@case
def reset_in_the_window(host):
    """RFC 5961 section 3.2: a reset counts only at RCV.NXT; elsewhere in the window it draws a challenge ACK."""
    connection = Connection(host, window_scale=7).open()
    connection.send(RST, sequence=connection.sequence + 1000)
    connection.expect_challenge("a reset within the window")
    connection.get()
    connection.expect_page()
    connection.close()


@case
def reset_at_the_next_sequence_number(host):
    connection = Connection(host, window_scale=7).open()
    connection.send(RST, sequence=connection.sequence)
    connection.send_ack()
    connection.expect_reset("the connection was reset before")


@case
def reset_outside_of_the_window(host):
    """RFC 9293 section 3.10.7.4: dropped without an answer."""
    connection = Connection(host, window_scale=7).open()
    host.collect(connection.is_mine, 0.1)
    connection.send(RST, sequence=connection.sequence - 100_000)
    host.expect_nothing("a reset outside of the window to be dropped", connection.is_mine)
    connection.get()
    connection.expect_page()
    connection.close()


@case
def reset_one_before_after_a_fin(host):
    """macOS resets at the number of its FIN, one below RCV.NXT; Linux accepts this in CLOSE-WAIT and later states."""
    connection = Connection(host, window_scale=7, window=2000).open()
    connection.get("/bytes/100000")
    connection.send(FIN | ACK)
    connection.expect(
        "an ACK of the FIN", lambda each: each.has(ACK) and each.acknowledgment == connection.sequence
    )
    host.collect(connection.is_mine, 0.1)
    connection.send(RST, sequence=connection.sequence - 1)
    host.wire.drain()
    connection.send_ack()
    connection.expect_reset("the connection was reset before")


@case
def syn_on_an_open_connection(host):
    """RFC 5961 section 4.2: it draws a challenge ACK, whatever its sequence number."""
    connection = Connection(host, window_scale=7).open()
    for distance in (0, 1000, 0x40000000):
        # The stack may send only one challenge ACK in half a second for each connection, as Linux does.
        time.sleep(0.55)
        host.wire.drain()
        connection.send(SYN, sequence=connection.sequence + distance)
        connection.expect_challenge(f"a SYN {distance} beyond RCV.NXT")
    connection.get()
    connection.expect_page()
    connection.close()


def draw_challenges(connection, count):
    for number in range(count):
        connection.send(RST, sequence=connection.sequence + 100 + number)


@case
def challenges_of_one_connection_do_not_use_up_anothers(host):
    """
    CVE-2016-5696: if connections share a limit of challenge ACKs, an attacker who does not get one of them learns that
    a guess about another connection was right.
    """
    watched = Connection(host, window_scale=7).open()
    one = Connection(host, window_scale=7).open()
    many = [Connection(host, window_scale=7).open() for _ in range(20)]
    others = {each.local_port for each in (one, *many)}
    counts = []
    for second in range(5):
        began = time.monotonic()
        host.wire.drain()
        if second < 2:
            draw_challenges(one, 150)
        else:
            for connection in many:
                draw_challenges(connection, 10)
        watched.send(RST, sequence=watched.sequence + 1000)
        came = host.collect(lambda each: each.protocol == TCP and each.flags == ACK, 0.4)
        counts.append(sum(1 for each in came if each.destination_port in others))
        if not any(watched.is_mine(each) for each in came):
            drawn = "150 by one connection" if second < 2 else "200 by 20 connections"
            raise Complaint(
                f"expected one connection's challenge ACK whatever others draw; "
                f"with {drawn}, these got {counts[-1]} and it none"
            )
        time.sleep(max(0, began + 1.1 - time.monotonic()))
    for connection in (watched, one, *many):
        connection.reset()
    if counts == [100] * len(counts):
        raise Complaint("expected the challenge ACKs of a second not to be a constant; there were 100 in each")


@case
def acks_out_of_nothing(host):
    """Guessed SYN cookies: while the backlog is full, an ACK that follows no SYN opens no connection."""
    flood(host, 600)
    ports = {host.port() for _ in range(200)}
    for port in ports:
        guess = random.getrandbits(32)
        host.send_tcp((port, 80), random.getrandbits(32), guess, PSH | ACK, data=b"GET / HTTP/1.1\r\n\r\n")
    host.expect_nothing(
        "at most resets in answer to ACKs out of nothing",
        lambda each: each.protocol == TCP and each.destination_port in ports and not each.has(RST),
    )


@case
def old_timestamps_without_end(host):
    """
    RFC 7323 section 5.3 asks for an ACK of each. Linux sends one in 500 ms, so that two hosts do not answer each other
    for ever.
    """
    connection = Connection(host, timestamps=True, window_scale=7).open()
    host.collect(connection.is_mine, 0.1)
    old = TcpOptions(timestamps=(connection.now_millis() - 10_000, connection.timestamp_echo))
    for _ in range(50):
        connection.send_ack(options=old)
    answers = host.collect(connection.is_mine, 0.3)
    if len(answers) > 5:
        count = len(answers)
        raise Complaint(f"expected five ACKs at most for 50 empty segments with old timestamps; there came {count}")
    connection.get()
    connection.expect_page()
    connection.close()


@case
def timestamp_of_an_unacceptable_ack(host):
    """An ACK of bytes that were never sent (RFC 9293 section 3.10.7.4) must not set TS.Recent: it is dropped whole."""
    connection = Connection(host, timestamps=True, window_scale=7).open()
    host.collect(connection.is_mine, 0.1)
    future = TcpOptions(timestamps=(connection.now_millis() + 100_000_000, connection.timestamp_echo))
    connection.send_ack(acknowledgment=connection.acknowledgment + 1_000_000, options=future)
    connection.get()
    connection.expect_page()
    connection.close()


@case
def syn_with_fin(host):
    """The segment opens no connection and gets no SYN-ACK, as in Linux."""
    connection = Connection(host)
    connection.send(SYN | FIN)
    host.expect_nothing("no SYN-ACK for SYN+FIN", lambda each: connection.is_mine(each) and each.has(SYN))


@case
def sources_that_cannot_be(host):
    """RFC 1122 section 3.2.1.3: loopback, the stack's own address, broadcast, multicast and 0.0.0.0 are no source."""
    for source in IMPOSSIBLE_SOURCES:
        port = host.port()
        host.send_tcp((port, 80), 1, 0, SYN, options=TcpOptions(mss=1460).to_bytes(), source=source)
        host.expect_nothing(
            f"no answer to a SYN from {source}",
            lambda each: (each.protocol == TCP and each.destination_port == port)
            or (each.kind == frames.ETHER_ARP and each.destination == source and each.source == host.stack_address),
            0.25,
        )


@case
def syn_to_a_broadcast_address(host):
    """RFC 9293 section 3.10.7.2 and MUST-57: a SYN that was broadcast gets no answer."""
    for destination in (BROADCAST, "255.255.255.255", host.stack_address):
        connection = Connection(host)
        ports = (connection.local_port, 80)
        host.send_tcp(ports, 1, 0, SYN, destination=destination, destination_mac=frames.BROADCAST_MAC)
        host.expect_nothing(f"no answer to a SYN that was broadcast to {destination}", connection.is_mine, 0.25)


@case
def frames_for_another_host(host):
    """RFC 1122 section 3.3.4.2: the IP address is the stack's, the hardware address is not."""
    elsewhere = mac_bytes("02:99:00:00:00:99")
    connection = Connection(host)
    host.send_tcp((connection.local_port, 80), 1, 0, SYN, destination_mac=elsewhere)
    host.send_echo(99, b"for another host", destination_mac=elsewhere)
    host.expect_nothing(
        "no answer to frames for another hardware address",
        lambda each: each.destination == host.address and (each.protocol == ICMP or connection.is_mine(each)),
    )


@case
def claims_of_the_stacks_address(host):
    """RFC 5227 section 2.4 (c): the stack announces that the address is its own, but only once in ten seconds."""
    stranger = mac_bytes("02:66:00:00:52:27")
    for _ in range(20):
        claim = frames.arp(ARP_REQUEST, stranger, host.stack_address, bytes(6), host.stack_address)
        host.wire.send(stranger, BROADCAST_MAC, ETHER_ARP, claim)
    announcements = host.collect(
        lambda each: each.kind == ETHER_ARP and each.source == host.stack_address == each.destination, 1.0
    )
    if len(announcements) != 1:
        raise Complaint(f"expected one announcement against 20 claims; there came {len(announcements)}")
    if announcements[0].source_mac != host.stack_mac:
        raise Complaint(f"expected the stack's hardware address; there came {announcements[0]}")


def initial_sequences(host, ports):
    """The stack's ISN and its time of arrival for a SYN from each port. All SYNs go before the first answer is read."""
    connections = {port: Connection(host, local_port=port) for port in ports}
    for connection in connections.values():
        connection.send_syn()
    answers = {}
    deadline = time.monotonic() + 1
    while len(answers) < len(ports) and (frame := host.wire.receive(deadline)) is not None:
        asked = connections.get(frame.destination_port)
        if asked is not None and frame.has(SYN | ACK) and frame.acknowledgment == asked.sequence:
            answers[frame.destination_port] = (frame.sequence, frame.arrived)
    for connection in connections.values():
        connection.reset()
    if len(answers) < len(ports):
        raise Complaint(f"expected {len(ports)} SYN-ACKs within 1 s; there came {len(answers)}")
    return [answers[port] for port in ports]


@case
def initial_sequence_numbers_of_one_instant(host):
    """RFC 6528: a keyed hash of addresses and ports, so that the ISNs of different connections look unrelated."""
    ports = [host.port() for _ in range(10)]
    sequences = [sequence for sequence, _ in initial_sequences(host, ports)]
    near = [
        (one, other)
        for at, one in enumerate(sequences)
        for other in sequences[:at]
        if min((one - other) & UINT32, (other - one) & UINT32) < 1 << 20
    ]
    if len(near) > 1:
        raise Complaint(f"expected no two of ten ISNs to be near each other; {len(near)} pairs are within 2^20")
    steps = {(after - before) & UINT32 for before, after in zip(sequences, sequences[1:])}
    if len(steps) < 9:
        raise Complaint(f"expected ISNs without a common difference; nine steps had {len(steps)} values")
    shown = [port for port, each in zip(ports, sequences) if port in (each & 0xFFFF, each >> 16)]
    if len(shown) > 1:
        raise Complaint(f"expected ports not to show in ISNs; {len(shown)} of ten did")


@case
def initial_sequence_numbers_of_one_tuple(host):
    """RFC 6528: the ISNs of one tuple rise with a clock, so that segments of an old incarnation have old numbers."""
    port = host.port()
    before = initial_sequences(host, [port])[0]
    time.sleep(0.3)
    after = initial_sequences(host, [port])[0]
    rise = (after[0] - before[0]) & UINT32
    seconds = after[1] - before[1]
    # RFC 6528 counts 250,000 a second, Linux 15.6 million.
    if not 0 < rise < 40e6 * seconds:
        raise Complaint(f"expected the ISN of a tuple to rise with a clock; in {seconds:.2f} s it went up by {rise}")


def is_port_unreachable(frame):
    return frame.icmp_kind == frames.UNREACHABLE and frame.icmp_code == frames.PORT_UNREACHABLE


@case
def datagram_to_a_closed_port(host):
    """RFC 1122 section 4.1.3.1; the error quotes the datagram."""
    port = host.port()
    host.send_udp((port, 9999), b"anybody there?")
    error = host.expect("port unreachable", is_port_unreachable)
    if error.data[20:24] != port.to_bytes(2, "big") + (9999).to_bytes(2, "big"):
        raise Complaint("expected the error to quote the datagram's ports; it does not")


@case
def datagrams_that_no_error_may_answer(host):
    """RFC 1122 section 3.2.2: no error if an address is broadcast or multicast, or the source is impossible."""
    every_mac = frames.BROADCAST_MAC
    where = [
        {"destination": BROADCAST, "destination_mac": every_mac},
        {"destination": "255.255.255.255", "destination_mac": every_mac},
        {"destination": "224.0.0.1", "destination_mac": mac_bytes("01:00:5e:00:00:01")},
        {"destination_mac": every_mac},
        {"source": BROADCAST},
        {"source": "255.255.255.255"},
        {"source": "224.0.0.1"},
        {"source": "127.0.0.1"},
        {"source": "0.0.0.0"},
    ]
    for header in where:
        host.send_udp((host.port(), 9999), b"anybody there?", **header)
        named = ", ".join(f"{key} {value}" for key, value in header.items() if isinstance(value, str))
        host.expect_nothing(f"no error for {named or 'a frame that was broadcast'}", is_port_unreachable, 0.15)
    host.send_udp((host.port(), 9999), b"anybody there?")
    host.expect("port unreachable for an ordinary datagram", is_port_unreachable)


@case
def noise(host):
    """Frames of random bytes, and of random bytes behind valid headers: the stack has to survive them."""
    chance = random.Random(1)
    for number in range(500):
        payload = chance.randbytes(chance.randrange(0, 200))
        if number % 2:
            host.send_ip(chance.choice([1, 6, 17, 47]), payload)
        else:
            host.wire.send(host.mac, host.stack_mac, chance.choice([0x0800, 0x0806, 0x86DD]), payload)
        if number % 50 == 0:
            host.wire.drain()
            time.sleep(0.01)
