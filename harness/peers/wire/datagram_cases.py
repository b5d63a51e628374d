"""Datagrams larger than a frame, and attacks on their reassembly."""

import random
import struct
import subprocess
import time

import frames
from cases import case
from frames import ICMP, MORE_FRAGMENTS
from honest import Honest, fetch, ping
from host import Complaint, echo_request, is_echo_reply

PIECE_BYTES = 1480


def text(length):
    return random.Random(length).randbytes(length)


def expect_echo(host, data, what, seconds=1.0):
    reply = host.receive_datagram(is_echo_reply, seconds)
    if reply is None:
        raise Complaint(f"expected an echo of {what} within {seconds:g} s; none came")
    if reply.data != data:
        raise Complaint(f"expected an echo of {what}; there came {len(reply.data)} bytes, or others")


@case
def echo_of_any_size(host):
    """RFC 1122 section 3.3.2: a host reassembles datagrams that came in fragments."""
    for size in (8, 1472, 4000, 20_000):
        result = subprocess.run(ping(host.stack_address, size), capture_output=True, text=True)
        if result.returncode != 0:
            raise Complaint(f"expected Linux to get its ping of {size} bytes answered within 1 s; it was not")


def send_pieces(host, pieces, identification=None, source=None):
    identification = random.randrange(1, 1 << 16) if identification is None else identification
    for fragment, piece in pieces:
        host.send_ip(ICMP, piece, source=source, identification=identification, fragment=fragment)


@case
def fragments_in_reverse_order(host):
    for size in (4000, 20_000):
        data = text(size)
        send_pieces(host, reversed(frames.fragments(echo_request(size & 0xFFFF, data), PIECE_BYTES)))
        expect_echo(host, data, f"{size} bytes in fragments from last to first")


@case
def fragments_of_several_datagrams_at_once(host):
    """RFC 791: fragments belong together if source, destination, protocol and identification are equal."""
    data = [text(3000 + number) for number in range(4)]
    pieces = [frames.fragments(echo_request(number, each), PIECE_BYTES) for number, each in enumerate(data)]
    for turn in zip(*pieces):
        for number, piece in enumerate(turn):
            send_pieces(host, [piece], identification=700 + number)
    replies = {}
    deadline = time.monotonic() + 1
    while len(replies) < 4 and (left := deadline - time.monotonic()) > 0:
        reply = host.receive_datagram(is_echo_reply, left)
        if reply is not None:
            replies[reply.body[4:6]] = reply.data
    missing = [number for number, each in enumerate(data) if replies.get(struct.pack("!H", number)) != each]
    if missing:
        raise Complaint(f"expected four echoes of datagrams whose fragments were mixed; {len(missing)} were not right")


@case
def fragments_that_overlap(host):
    """As in Linux (and RFC 5722 for IPv6) the whole datagram is dropped: two hosts might read it differently."""
    pieces = frames.fragments(echo_request(5, text(4000)), 1400)
    fragment, piece = pieces[1]
    # The second fragment begins 8 bytes earlier and overlaps the first one with other bytes.
    overlapping = (fragment - 1, b"overlaps" + piece)
    send_pieces(host, [pieces[0], overlapping, pieces[2]])
    host.expect_nothing(
        "no answer to a datagram whose fragments overlap",
        lambda each: each.protocol == ICMP and each.destination == host.address,
    )


@case
def fragments_that_never_end(host):
    """Fragments beyond 65,535 bytes, and a last fragment before another: no answer, but other datagrams get theirs."""
    send_pieces(host, [(8190, text(1480)), (0 | MORE_FRAGMENTS, echo_request(6, text(1472)))])
    send_pieces(host, [(370 | MORE_FRAGMENTS, text(1480)), (185, text(1480)), (0 | MORE_FRAGMENTS, text(1480))])
    host.expect_nothing(
        "no answer to impossible fragments", lambda each: each.protocol == ICMP and each.destination == host.address
    )
    data = text(4000)
    send_pieces(host, frames.fragments(echo_request(7, data), PIECE_BYTES))
    expect_echo(host, data, "4,000 bytes in fragments, after impossible ones")


@case
def flood_of_first_fragments(host):
    """
    3,000 first fragments from 200 sources; the others never come. The fragments that the stack holds must not prevent
    the reassembly of other datagrams.
    """
    sources = [f"10.77.0.{last}" for last in range(100, 200)] + [f"198.51.100.{last}" for last in range(100)]
    data = text(PIECE_BYTES)
    with Honest(ping(host.stack_address, 4000)), Honest(fetch(host.stack_address)):
        for number in range(3000):
            send_pieces(host, [(MORE_FRAGMENTS, data)], number & 0xFFFF, sources[number % len(sources)])
            if number % 20 == 0:
                host.wire.drain()
                time.sleep(0.02)
