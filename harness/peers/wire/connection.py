"""
A TCP connection that is driven by hand: it sends what a case tells it to send and acknowledges only when asked to. Its
sequence number advances with what is sent, but not by a segment whose sequence number the case chose itself.
"""

import random
import time

from frames import ACK, FIN, PSH, RST, SYN, UINT32, TcpOptions
from host import Complaint, is_tcp_to


SYN_TRIES = 3
SYN_SECONDS = 0.35


class Connection:
    def __init__(
        self,
        host,
        port=80,
        local_port=None,
        mss=1460,
        window_scale=None,
        timestamps=False,
        sack=False,
        window=65535,
    ):
        self.host = host
        self.remote_port = port
        self.local_port = local_port or host.port()
        self.mss = mss
        self.window_scale = window_scale
        self.timestamps = timestamps
        self.sack = sack
        self.window = window
        self.initial = self.sequence = random.getrandbits(32)
        self.acknowledgment = 0
        self.timestamp_echo = 0
        self.syn_ack = None
        self.received = bytearray()
        # Segments beyond a gap.
        self.ahead = []
        self.fin_received = False
        self.is_mine = is_tcp_to(self.local_port)

    # Sending

    def send(self, flags, data=b"", sequence=None, acknowledgment=None, window=None, options=None):
        if options is None:
            options = self.options(flags)
        if acknowledgment is None:
            acknowledgment = self.acknowledgment if flags & ACK else 0
        self.host.send_tcp(
            (self.local_port, self.remote_port),
            self.sequence if sequence is None else sequence,
            acknowledgment,
            flags,
            self.window if window is None else window,
            options.to_bytes(),
            data,
        )
        if sequence is None:
            self.sequence = (self.sequence + len(data) + bool(flags & SYN) + bool(flags & FIN)) & UINT32

    def options(self, flags):
        stamps = (self.now_millis(), self.timestamp_echo) if self.timestamps else None
        if flags & SYN:
            return TcpOptions(self.mss, self.window_scale, self.sack, stamps)
        return TcpOptions(timestamps=stamps)

    def now_millis(self):
        return int(time.monotonic() * 1000) & UINT32

    def send_syn(self):
        self.initial = self.sequence
        self.send(SYN)

    def send_syn_ack(self):
        self.initial = self.sequence
        self.send(SYN | ACK)

    def send_ack(self, **overrides):
        self.send(ACK, **overrides)

    def get(self, path="/"):
        self.send(PSH | ACK, f"GET {path} HTTP/1.1\r\nHost: wire\r\n\r\n".encode())

    def reset(self):
        self.send(RST, sequence=self.sequence)

    # Receiving

    def next(self, seconds=1.0):
        """The next segment of this connection; None if none comes in time."""
        segment = self.host.receive(self.is_mine, seconds)
        if segment is not None and segment.options.timestamps is not None:
            self.timestamp_echo = segment.options.timestamps[0]
        return segment

    def expect(self, what, matches, seconds=1.0):
        """The next segment that matches; the complaint lists those that came instead."""
        deadline = time.monotonic() + seconds
        others = []
        while (segment := self.next(max(0, deadline - time.monotonic()))) is not None:
            if matches(segment):
                return segment
            others.append(segment)
        came = "; ".join(str(each) for each in others[-4:]) or "nothing"
        raise Complaint(f"expected {what} within {seconds:g} s; there came {came}")

    def expect_syn_ack(self, seconds=1.0):
        self.syn_ack = self.expect(
            "a SYN-ACK", lambda each: each.has(SYN | ACK) and each.acknowledgment == self.sequence, seconds
        )
        self.acknowledgment = (self.syn_ack.sequence + 1) & UINT32
        return self.syn_ack

    def open(self):
        """Shakes hands. Like any client it sends its SYN again: a burst of frames may have overflowed the device."""
        self.send_syn()
        for tries_left in reversed(range(SYN_TRIES)):
            try:
                self.expect_syn_ack(SYN_SECONDS)
                break
            except Complaint as complaint:
                if tries_left == 0:
                    raise Complaint(f"{complaint}, {SYN_TRIES} times") from complaint
                self.send(SYN, sequence=self.initial)
        self.send_ack()
        return self

    def expect_challenge(self, why, seconds=1.0):
        """RFC 5961: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>"""
        return self.expect(
            f"a challenge ACK of {self.sequence} for {why}",
            lambda each: each.flags & ~PSH == ACK and each.acknowledgment == self.sequence,
            seconds,
        )

    def expect_reset(self, why, seconds=1.0):
        return self.expect(f"a reset, because {why}", lambda each: each.has(RST), seconds)

    def take(self, segment):
        """Takes data that continue the stream and keeps segments beyond a gap. True if `acknowledgment` advanced."""
        before = self.acknowledgment
        if segment.data or segment.has(FIN):
            self.ahead.append(segment)
        while any(self.take_one(each) for each in self.ahead):
            pass
        self.ahead = [each for each in self.ahead if (each.sequence - self.acknowledgment) & UINT32 < 1 << 31]
        return self.acknowledgment != before

    def take_one(self, segment):
        offset = (self.acknowledgment - segment.sequence) & UINT32
        length = len(segment.data)
        if offset < length + segment.has(FIN):
            self.received += segment.data[offset:]
            self.fin_received = segment.has(FIN)
            self.acknowledgment = (segment.sequence + length + self.fin_received) & UINT32
            return True
        return False

    def read_to_end(self, seconds=2.0):
        """The stream up to the peer's FIN, acknowledged. Raises Complaint at a reset, or after `seconds` of silence."""
        while not self.fin_received:
            segment = self.next(seconds)
            if segment is None or (segment.has(RST) and segment.sequence == self.acknowledgment):
                came = "nothing" if segment is None else "a reset"
                read = len(self.received)
                raise Complaint(f"expected the whole answer; after {read} bytes there came {came} within {seconds:g} s")
            if self.take(segment) or segment.data:
                self.send_ack()
        return self.received

    def expect_page(self, seconds=2.0):
        answer = self.read_to_end(seconds)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise Complaint(f"expected the page; there came {bytes(answer[:40])!r}")

    def close(self):
        """Ends in order, after the peer's FIN."""
        self.send(FIN | ACK)
