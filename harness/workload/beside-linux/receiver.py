"""
Receives a stream to its end, compares every byte with the expected one, and records when how much had arrived.

    receiver.py --listen 5001 --pattern /shared/pattern

Prints {"event": "listening"}, {"event": "connected"} and one {"event": "result"}.
"""

import socket

import endpoint
from arrivals import Arrivals
from ends import End, run_all
from stream import Stream

# The kernel wakes this program once this many bytes are there, or the stream ended: some milliseconds' worth on a slow
# link.
LOW_WATER = 16 << 10


class Receiver(End):
    def __init__(self, connection, stream):
        super().__init__(connection, stream)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, LOW_WATER)
        self.arrivals = Arrivals()

    def receive(self):
        super().receive()
        self.arrivals.note(self.received)

    def advance(self):
        if not self.finished:
            return True
        self.connection.close()
        return False


def main():
    parser = endpoint.parser(__doc__)
    parser.add_argument("--pattern", required=True, help="file whose bytes, repeated, are the stream")
    options = parser.parse_args()
    stream = Stream.load(options.pattern, None)
    (connection,) = endpoint.meet(options, socket.SO_RCVBUF)
    end = Receiver(connection, stream)
    run_all([end], options.timeout)
    totals = end.totals()
    endpoint.tell(
        "result", received=totals["received"], verified=totals["verified"], arrivals=end.arrivals.recorded()
    )


endpoint.run(main)
