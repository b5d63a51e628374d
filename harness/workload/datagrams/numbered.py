"""What both ends of numbered datagrams share: their options, and the bytes of a datagram, as in content.ts."""

import struct

import endpoint
from stream import Stream

NUMBER = struct.Struct("!I")


def parser(description):
    options = endpoint.parser(description)
    options.add_argument("--pattern", required=True, help="file whose bytes, repeated, fill the datagrams")
    options.add_argument("--bytes", type=int, required=True, help="length of a datagram")
    options.add_argument("--offered", type=int, default=0, metavar="COUNT", help="datagrams a second; 0: by reports")
    options.add_argument("--window", type=int, required=True, metavar="COUNT", help="datagrams ahead of reports")
    options.add_argument("--settle", type=float, default=0.0, metavar="SECONDS", help="before the measurement begins")
    options.add_argument("--seconds", type=float, required=True, help="how long it measures")
    return options


class Content:
    """A datagram is its number, in four bytes, and a piece of the pattern that depends on the number."""

    def __init__(self, pattern_path, datagram_bytes):
        self.stream = Stream.load(pattern_path, None)
        self.view = memoryview(self.stream.content)
        self.datagram_bytes = datagram_bytes

    def pieces(self, number):
        """The parts of a datagram, for one call of `sendmsg`."""
        start = self.stream.offset(number * self.datagram_bytes)
        return NUMBER.pack(number), self.view[start + NUMBER.size : start + self.datagram_bytes]

    def number_of(self, datagram):
        """The number of a datagram that arrived as it was sent; None for any other."""
        if len(datagram) != self.datagram_bytes:
            return None
        (number,) = NUMBER.unpack_from(datagram)
        place = number * self.datagram_bytes + NUMBER.size
        return number if self.stream.matches(datagram[NUMBER.size :], place) else None
