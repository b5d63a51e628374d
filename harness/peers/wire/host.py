"""
A host in user space beside the kernel's, on the same interface: it has an IP address and a hardware address of its own
and answers ARP for them. `Wire` is the packet socket. A case that spoofs many hosts sends through it, and lets it
answer ARP for them.
"""

import random
import select
import socket
import struct
import time

import frames
from frames import ARP_REPLY, ARP_REQUEST, BROADCAST_MAC, ETHER_ARP, ETHER_IPV4

ETH_P_ALL = 3
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33
RECEIVE_BUFFER_BYTES = 16 << 20


class Complaint(Exception):
    """What was expected and what came instead, in one sentence."""


class Wire:
    """Every frame on the interface, except those that leave through it."""

    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
        self.socket.bind((interface, 0))
        # IP addresses for which this wire answers ARP requests, with the hardware address in the reply.
        self.answered = {}

    def send(self, source_mac, destination_mac, kind, payload):
        self.socket.send(frames.ethernet(source_mac, destination_mac, kind, payload))

    def receive(self, deadline):
        """The next frame that came before the deadline, a time of `time.monotonic`; None after it."""
        while True:
            left = deadline - time.monotonic()
            if not select.select([self.socket], [], [], max(0, left))[0]:
                return None
            data, address = self.socket.recvfrom(1 << 17)
            if address[2] == PACKET_OUTGOING:
                continue
            frame = frames.parse(data)
            if frame is None:
                continue
            frame.arrived = time.monotonic()
            self.answer_arp(frame)
            return frame

    def answer_arp(self, frame):
        mac = self.answered.get(frame.destination)
        if frame.kind != ETHER_ARP or frame.operation != ARP_REQUEST or mac is None:
            return
        packet = frames.arp(ARP_REPLY, mac, frame.destination, frame.source_mac, frame.source)
        self.send(mac, frame.source_mac, ETHER_ARP, packet)

    def drain(self):
        """Receives and forgets all frames that have come so far, so that a case sees only later ones."""
        while self.receive(time.monotonic()) is not None:
            pass


class Host:
    def __init__(self, wire, address, mac, stack_address):
        self.wire = wire
        self.address = address
        self.mac = mac
        self.stack_address = stack_address
        self.next_port = random.randrange(20_000, 30_000)
        # Fragments of datagrams to this host by datagram and offset. They outlive the wait for one datagram: replicas
        # transmit beside each other, so fragments of the next one may come before the last fragment of this one.
        self.partial = {}
        wire.answered[address] = mac
        self.stack_mac = self.resolve()

    def resolve(self):
        for _ in range(5):
            self.ask_arp(self.address, self.mac)
            frame = self.receive(lambda each: each.kind == ETHER_ARP and each.source == self.stack_address, 1)
            if frame is not None:
                return frame.source_mac
        raise Complaint(f"expected {self.stack_address} to answer ARP within 5 s; nothing came")

    def ask_arp(self, address, mac):
        """A request for the stack's hardware address, by any host."""
        packet = frames.arp(ARP_REQUEST, mac, address, bytes(6), self.stack_address)
        self.wire.send(mac, BROADCAST_MAC, ETHER_ARP, packet)

    def send_ip(self, protocol, payload, source=None, destination=None, destination_mac=None, **header):
        source, destination = source or self.address, destination or self.stack_address
        packet = frames.ipv4(source, destination, protocol, payload, **header)
        self.wire.send(self.mac, destination_mac or self.stack_mac, ETHER_IPV4, packet)

    def send_tcp(self, ports, sequence, acknowledgment, flags, window=65535, options=b"", data=b"", **header):
        source = header.get("source") or self.address
        destination = header.get("destination") or self.stack_address
        segment = frames.tcp(source, destination, ports, sequence, acknowledgment, flags, window, options, data)
        self.send_ip(frames.TCP, segment, **header)

    def send_udp(self, ports, data, **header):
        source = header.get("source") or self.address
        destination = header.get("destination") or self.stack_address
        self.send_ip(frames.UDP, frames.udp(source, destination, ports, data), **header)

    def send_echo(self, identifier, data, **header):
        self.send_ip(frames.ICMP, echo_request(identifier, data), **header)

    def receive(self, matches, seconds):
        """The first frame that matches; None if none came in time."""
        deadline = time.monotonic() + seconds
        while (frame := self.wire.receive(deadline)) is not None:
            if matches(frame):
                return frame
        return None

    def collect(self, matches, seconds):
        """All frames that match and come within the time."""
        deadline = time.monotonic() + seconds
        found = []
        while (frame := self.wire.receive(deadline)) is not None:
            if matches(frame):
                found.append(frame)
        return found

    def expect(self, what, matches, seconds=1.0):
        frame = self.receive(matches, seconds)
        if frame is None:
            raise Complaint(f"expected {what} within {seconds:g} s; nothing of the kind came")
        return frame

    def expect_nothing(self, what, matches, seconds=0.4):
        frame = self.receive(matches, seconds)
        if frame is not None:
            raise Complaint(f"expected {what}; there came {frame}")

    def receive_datagram(self, matches, seconds=1.0):
        """A datagram to this host, reassembled from its fragments; None if none came in time."""
        deadline = time.monotonic() + seconds
        while (frame := self.wire.receive(deadline)) is not None:
            if frame.kind != ETHER_IPV4 or frame.destination != self.address:
                continue
            if frame.fragment & (frames.MORE_FRAGMENTS | 0x1FFF):
                datagram = (frame.source, frame.protocol, frame.identification)
                pieces = self.partial.setdefault(datagram, {})
                pieces[frame.fragment & 0x1FFF] = (frame.body, frame.fragment & frames.MORE_FRAGMENTS)
                frame.body = assemble(pieces)
                if frame.body is None:
                    continue
                del self.partial[datagram]
                frames.parse_transport(frame)
            if matches(frame):
                return frame
        return None

    def port(self):
        """A local port that was not used before."""
        self.next_port += 1
        return self.next_port


def assemble(pieces):
    """The whole payload of a datagram from its pieces by offset, in units of 8 bytes; None while there is a hole."""
    whole = b""
    for offset, (body, more) in sorted(pieces.items()):
        if offset * 8 != len(whole):
            return None
        whole += body
        if not more:
            return whole
    return None


def echo_request(identifier, data):
    return frames.icmp(frames.ECHO_REQUEST, 0, struct.pack("!HH", identifier, 1), data)


def is_tcp_to(port):
    return lambda frame: frame.protocol == frames.TCP and frame.destination_port == port


def is_echo_reply(frame):
    return frame.icmp_kind == frames.ECHO_REPLY
