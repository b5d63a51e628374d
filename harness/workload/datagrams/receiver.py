"""
Receives numbered datagrams, compares and counts them, and reports to the sender how far it is. The sender tells over a
connection how many there were; the program ends when all have arrived, or when none has for --quiet seconds.

    receiver.py --listen 5001 --pattern /shared/pattern --bytes 512 --window 128 --settle 0.5 --seconds 2 --quiet 0.5

Prints {"event": "listening"}, {"event": "connected"} and {"event": "result"}.
"""

import select
import socket
import time

import endpoint
from numbered import NUMBER, Content, parser

# The kernel may grant less (net.core.rmem_max).
BUFFER_BYTES = 4 << 20
REPORTS_PER_WINDOW = 4
GROWTH = bytes(1 << 16)
# More than any sample sends.
MOST_DATAGRAMS = 1 << 27


class Receiver:
    """Every datagram is counted once: as the first with its number, as a duplicate, or as damaged."""

    def __init__(self, datagrams, content, options):
        self.datagrams = datagrams
        self.content = content
        self.settle_nanos = round(options.settle * 1e9)
        self.measured_nanos = round(options.seconds * 1e9)
        self.report_step = 0 if options.offered else options.window // REPORTS_PER_WINDOW
        self.buffer = memoryview(bytearray(1 << 16))
        self.opens = None
        # 1 for each number that arrived.
        self.seen = bytearray(GROWTH)
        # One more than the highest number that arrived: NextExp of RFC 4737.
        self.next = 0
        self.next_report = self.report_step
        self.distinct = 0
        self.measured = 0
        self.duplicated = 0
        self.reordered = 0
        self.damaged = 0

    def drain(self):
        """Receives all datagrams that have come."""
        try:
            if self.opens is None:
                # From now on the socket receives from this sender only, and reports go to it.
                _, sender = self.datagrams.recvfrom(1, socket.MSG_PEEK)
                self.datagrams.connect(sender)
                self.opens = time.monotonic_ns() + self.settle_nanos
            while True:
                size = self.datagrams.recv_into(self.buffer)
                self.take(self.content.number_of(self.buffer[:size]))
                if self.report_step and self.next >= self.next_report:
                    self.next_report = self.next + self.report_step
                    self.datagrams.send(NUMBER.pack(self.next))
        except BlockingIOError:
            pass

    def take(self, number):
        if number is None or number >= MOST_DATAGRAMS:
            self.damaged += 1
            return
        while number >= len(self.seen):
            self.seen += GROWTH
        if self.seen[number]:
            self.duplicated += 1
            return
        self.seen[number] = 1
        self.distinct += 1
        if number < self.next:
            self.reordered += 1
        else:
            self.next = number + 1
        if 0 <= time.monotonic_ns() - self.opens < self.measured_nanos:
            self.measured += 1

    def run(self, control, quiet, timeout):
        """Receives until all datagrams have come, or no more do; returns how many the sender sent."""
        total = None
        awaited = [self.datagrams, control]
        while total is None or self.distinct < total:
            ready, _, _ = select.select(awaited, [], [], timeout if total is None else quiet)
            if not ready and total is None:
                raise TimeoutError(f"no datagram for {timeout} s")
            if not ready:
                break
            if self.datagrams in ready:
                self.drain()
            if control in ready:
                total = total_from(control)
                awaited = [self.datagrams]
        return total


def total_from(control):
    told = b""
    while len(told) < NUMBER.size:
        piece = control.recv(NUMBER.size - len(told))
        if not piece:
            raise ConnectionError("the sender ended before it told how many datagrams there were")
        told += piece
    return NUMBER.unpack(told)[0]


def main():
    options = parser(__doc__)
    options.add_argument("--quiet", type=float, required=True, metavar="SECONDS", help="a datagram so late is lost")
    options = options.parse_args()
    content = Content(options.pattern, options.bytes)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        datagrams.setblocking(False)
        datagrams.bind(("", options.listen))
        (control,) = endpoint.meet(options, socket.SO_RCVBUF)
        receiver = Receiver(datagrams, content, options)
        total = receiver.run(control, options.quiet, options.timeout)
    control.close()
    endpoint.tell(
        "result",
        total=total,
        distinct=receiver.distinct,
        measured=receiver.measured,
        measuredMicros=options.seconds * 1e6,
        duplicated=receiver.duplicated,
        reordered=receiver.reordered,
        damaged=receiver.damaged,
    )


endpoint.run(main)
