"""
Sends a stream and receives the same one over one connection at the same time, and compares every byte.

    both_ways.py --listen 5001 --pattern /shared/pattern --bytes 100000000

Prints {"event": "listening"} if it listens, {"event": "connected"} and, when both streams have ended, one
{"event": "result"}.
"""

import socket

import endpoint
from arrivals import Arrivals
from ends import End, combined, run_all
from stream import Stream

# Most bytes that are sent before the next look for arrived ones.
TURN = 1 << 20


class BothWays(End):
    def __init__(self, connection, stream, total):
        super().__init__(connection, stream)
        endpoint.sleep_until_much_arrived([connection], total)
        self.total = total
        self.owed = min(total, TURN)
        self.closed = False
        self.arrivals = Arrivals()

    def receive(self):
        super().receive()
        self.arrivals.note(self.received)

    def advance(self):
        self.send()
        self.owed = min(self.total, self.sent + TURN)
        if self.sent == self.total and not self.closed:
            self.connection.shutdown(socket.SHUT_WR)
            self.closed = True
        if not (self.closed and self.finished):
            return True
        self.connection.close()
        return False


def main():
    parser = endpoint.parser(__doc__)
    parser.add_argument("--pattern", help="file whose bytes, repeated, are both streams")
    parser.add_argument("--file", help="file that begins with both streams")
    parser.add_argument("--bytes", type=int, required=True, help="length of each stream")
    options = parser.parse_args()
    stream = Stream.load(options.pattern, options.file)
    if stream is None:
        raise ValueError("give --pattern or --file")
    (connection,) = endpoint.meet(options, socket.SO_SNDBUF)
    end = BothWays(connection, stream, options.bytes)
    run_all([end], options.timeout)
    endpoint.tell("result", **combined([end]), arrivals=end.arrivals.recorded())


endpoint.run(main)
