"""Peers whose TCP is old, minimal or unusual: the stack has to talk to them, too."""

import time

from cases import case
from connection import Connection
from frames import ACK, FIN, PSH, RST, UINT32, TcpOptions
from host import Complaint


@case
def timestamps_left_out_after_the_handshake(host):
    """
    RFC 7323 section 3.2 allows a host to drop segments without timestamps. Linux accepts them, and old kernels behind
    proxies send them.
    """
    connection = Connection(host, timestamps=True, window_scale=7)
    connection.send_syn()
    connection.expect_syn_ack()
    connection.timestamps = False
    connection.send_ack()
    connection.get()
    connection.expect_page()
    connection.close()


@case
def reading_without_window_scaling(host):
    """
    The window cannot grow beyond 65,535 bytes, so an ACK may repeat the number and the window of the one before. It
    would say nothing new, and look like a duplicate ACK after a loss.
    """
    connection = Connection(host).open()
    pieces = [b"GET / HTTP/1.1\r\n"] + [b"X-Filler: %d\r\n" % number * 20 for number in range(12)] + [b"\r\n"]
    answers = []
    for piece in pieces[:-1]:
        connection.send(PSH | ACK, piece)
        answers += host.collect(connection.is_mine, 0.06)
    told = [(each.acknowledgment, each.window) for each in answers if not each.data]
    repeated = sum(1 for before, after in zip(told, told[1:]) if before == after)
    if repeated > 1:
        raise Complaint(f"expected no ACK to repeat the one before it; {repeated} of {len(told)} did")
    connection.send(PSH | ACK, pieces[-1])
    connection.expect_page()
    connection.close()


@case
def data_in_the_ack_of_the_handshake(host):
    connection = Connection(host, window_scale=7)
    connection.send_syn()
    connection.expect_syn_ack()
    connection.get()
    connection.expect_page()
    connection.close()


@case
def data_and_fin_in_the_ack_of_the_handshake(host):
    connection = Connection(host, window_scale=7)
    connection.send_syn()
    connection.expect_syn_ack()
    connection.send(PSH | ACK | FIN, b"GET / HTTP/1.1\r\nHost: wire\r\n\r\n")
    connection.expect_page()


@case
def data_after_the_application_closed(host):
    """RFC 1122 section 4.2.2.13: nobody will read the data, and a reset has to tell this to the sender."""
    connection = Connection(host, window_scale=7).open()
    connection.get()
    connection.expect_page()
    connection.send(PSH | ACK, b"and one thing more")
    connection.expect_reset("the application closed and will not read what came after")


@case
def data_unread_when_the_application_closes(host):
    """RFC 1122 section 4.2.2.13: a FIN would say that all data were read; the stack has to send a reset."""
    connection = Connection(host, window_scale=2).open()
    connection.get("/bytes/4000000")
    connection.expect("the answer's first segment", lambda each: each.data != b"")
    # The server is still writing, and does not read.
    connection.send(PSH | ACK, b"more" * 250)
    while (segment := connection.next(2)) is not None and not segment.has(RST):
        connection.take(segment)
        connection.send_ack()
        if connection.fin_received:
            raise Complaint("expected a reset after the answer, since 1,000 bytes were not read; there came a FIN")
    if segment is None:
        raise Complaint(f"expected a reset after the answer; nothing came after {len(connection.received)} bytes")


@case
def tail_is_sacked_while_it_is_probed(host):
    """
    Three segments are in flight, nothing is unsent, and the first segment is lost. The SACK of the others comes at
    about the time of the tail loss probe (200 ms and two round trips). Whichever comes first, each byte is sent a few
    times at most.
    """
    for millis in (150, 190, 200, 204, 208, 215, 230, 260):
        connection = Connection(host, sack=True).open()
        connection.get("/bytes/2700")
        first = connection.expect("the answer's first segment", lambda each: each.data != b"")
        began = time.monotonic()
        in_flight = [first, *host.collect(connection.is_mine, 0.05)]
        newest = max(in_flight, key=lambda each: (each.sequence - first.sequence) & UINT32)
        left = (first.sequence + len(first.data)) & UINT32
        right = (newest.sequence + len(newest.data) + newest.has(FIN)) & UINT32
        if right == left:
            raise Complaint("expected the answer in two segments or more; there was one")
        in_flight += host.collect(connection.is_mine, began + millis / 1000 - time.monotonic())
        connection.send_ack(options=TcpOptions(sack=[(left, right)]))
        in_flight += host.collect(connection.is_mine, 0.3)
        copies = sum(1 for each in in_flight if each.sequence == first.sequence)
        if copies < 2:
            raise Complaint(f"expected the lost segment within 300 ms of the SACK at {millis} ms; it did not come")
        connection.acknowledgment = right
        connection.send_ack()
        in_flight += host.collect(connection.is_mine, 0.1)
        if len(in_flight) > 12:
            raise Complaint(
                f"expected a dozen segments at most, probes and retransmissions included; there came {len(in_flight)}"
            )
        connection.reset()


@case
def shut_window_of_an_orphan(host):
    """The server has closed with unsent data. Every probe is answered with window 0: the probes have to back off."""
    connection = Connection(host, window_scale=7).open()
    connection.window = 0
    connection.get("/bytes/10000")
    probes = []
    deadline = time.monotonic() + 5
    while (segment := connection.next(deadline - time.monotonic())) is not None:
        if segment.acknowledgment != connection.sequence:
            continue
        probes.append(segment.arrived)
        # The first segment acknowledges the request and is no probe. Probes lie outside of the window: an ACK is due.
        connection.send_ack()
        if time.monotonic() > deadline:
            break
    intervals = [after - before for before, after in zip(probes[1:], probes[2:])]
    connection.reset()
    if len(intervals) < 2:
        raise Complaint(f"expected three probes or more in 5 s; there came {max(0, len(probes) - 1)}")
    for before, after in zip(intervals, intervals[1:]):
        if after < 1.5 * before:
            listed = ", ".join(f"{each:.2f}" for each in intervals)
            raise Complaint(f"expected each interval between probes to be about twice the last (s): {listed}")


@case
def window_taken_back_with_data_in_flight(host):
    """RFC 9293 section 3.8.6: a peer may shrink its window to 0. As long as it answers, the connection must not end."""
    connection = Connection(host, window_scale=7).open()
    connection.get("/bytes/30000")
    connection.expect("the answer's first segment", lambda each: each.data != b"")
    window, connection.window = connection.window, 0
    deadline = time.monotonic() + 5
    connection.send_ack()
    while (segment := connection.next(deadline - time.monotonic())) is not None:
        if segment.has(RST):
            raise Complaint("expected the connection to wait as long as it is answered; it was reset")
        connection.send_ack()
    connection.window = window
    connection.send_ack()
    answer = connection.read_to_end(5)
    connection.close()
    if len(answer) < 30_000:
        raise Complaint(f"expected 30,000 bytes once the window opened; there came {len(answer)}")
