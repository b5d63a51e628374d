"""
Sends numbered datagrams for some time, at a fixed rate or as fast as the receiver's reports allow, and tells the
receiver over a connection how many there were.

    sender.py --connect 10.77.0.1:5001 --pattern /shared/pattern --bytes 512 --window 128 --settle 0.5 --seconds 2

Prints {"event": "connected"} and, when the receiver has counted, {"event": "result"}.
"""

import select
import socket
import time

import endpoint
from numbered import NUMBER, Content, parser

# After this time without a report, all datagrams in flight are given up: they were lost, or the report was.
SILENCE_SECONDS = 0.1
# At a fixed rate, datagrams are sent in bursts with this time between them.
BURST_SECONDS = 0.001
# Most datagrams between two looks at the clock.
BATCH = 64


class Sender:
    def __init__(self, datagrams, content, options):
        self.datagrams = datagrams
        self.content = content
        self.window = options.window
        self.offered = options.offered
        self.sent = 0
        # One more than the highest number that the receiver is known to have, or that was given up.
        self.reported = 0

    def run(self, seconds):
        started = time.monotonic()
        while (elapsed := time.monotonic() - started) < seconds:
            limit = int(elapsed * self.offered) if self.offered else self.reported + self.window
            if self.sent < limit:
                self.send_until(min(limit, self.sent + BATCH))
            elif self.offered:
                time.sleep(BURST_SECONDS)
            else:
                self.hear()
        return time.monotonic() - started

    def send_until(self, limit):
        send, pieces = self.datagrams.sendmsg, self.content.pieces
        for number in range(self.sent, limit):
            send(pieces(number))
        self.sent = limit

    def hear(self):
        if not select.select([self.datagrams], [], [], SILENCE_SECONDS)[0]:
            self.reported = self.sent
            return
        try:
            while True:
                (reported,) = NUMBER.unpack(self.datagrams.recv(NUMBER.size, socket.MSG_DONTWAIT))
                self.reported = max(self.reported, reported)
        except BlockingIOError:
            pass


def main():
    options = parser(__doc__).parse_args()
    content = Content(options.pattern, options.bytes)
    (control,) = endpoint.meet(options, socket.SO_SNDBUF)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.connect(control.getpeername())
        sender = Sender(datagrams, content, options)
        seconds = sender.run(options.settle + options.seconds)
        control.sendall(NUMBER.pack(sender.sent))
        # Waits until the receiver has counted: then no datagram is in flight.
        control.recv(1)
    control.close()
    endpoint.tell("result", sent=sender.sent, sentMicros=seconds * 1e6)


endpoint.run(main)
