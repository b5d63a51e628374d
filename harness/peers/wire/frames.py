"""
Frames to bytes and back: Ethernet, ARP, IPv4, TCP, UDP, ICMP. Built frames have correct lengths and checksums. Parsing
does not verify checksums, because a device may leave them to its other end.
"""

import socket
import struct
from dataclasses import dataclass, field

ETHER_IPV4 = 0x0800
ETHER_ARP = 0x0806
BROADCAST_MAC = b"\xff" * 6

ICMP, TCP, UDP = 1, 6, 17
ARP_REQUEST, ARP_REPLY = 1, 2
ECHO_REPLY, UNREACHABLE, ECHO_REQUEST = 0, 3, 8
PORT_UNREACHABLE = 3

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
FLAG_NAMES = {SYN: "SYN", FIN: "FIN", RST: "RST", PSH: "PSH", ACK: "ACK"}

MORE_FRAGMENTS = 0x2000
ETHERNET_BYTES = 14
IPV4_BYTES = 20
UINT32 = 0xFFFFFFFF


def checksum(data):
    """RFC 1071"""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def ethernet(source, destination, kind, payload):
    return destination + source + struct.pack("!H", kind) + payload


def arp(operation, sender_mac, sender_address, target_mac, target_address):
    return (
        struct.pack("!HHBBH", 1, ETHER_IPV4, 6, 4, operation)
        + sender_mac
        + socket.inet_aton(sender_address)
        + target_mac
        + socket.inet_aton(target_address)
    )


def ipv4(source, destination, protocol, payload, identification=0, fragment=0):
    """`fragment` is the field as it stands in the header: flags, and the offset in units of 8 bytes."""
    head = struct.pack("!BBHHHBBH", 0x45, 0, IPV4_BYTES + len(payload), identification, fragment, 64, protocol, 0)
    head += socket.inet_aton(source) + socket.inet_aton(destination)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def with_transport_checksum(source, destination, protocol, packet, at):
    pseudo = socket.inet_aton(source) + socket.inet_aton(destination) + struct.pack("!HH", protocol, len(packet))
    return packet[:at] + struct.pack("!H", checksum(pseudo + packet)) + packet[at + 2 :]


def tcp(source, destination, ports, sequence, acknowledgment, flags, window, options=b"", data=b""):
    options += b"\x01" * (-len(options) % 4)
    offset = (20 + len(options)) // 4 << 4
    head = struct.pack(
        "!HHIIBBHHH", *ports, sequence & UINT32, acknowledgment & UINT32, offset, flags, window, 0, 0
    )
    return with_transport_checksum(source, destination, TCP, head + options + data, 16)


def udp(source, destination, ports, data):
    head = struct.pack("!HHHH", *ports, 8 + len(data), 0)
    return with_transport_checksum(source, destination, UDP, head + data, 6)


def icmp(kind, code, rest, data=b""):
    """`rest` is the second word of the header, four bytes."""
    packet = struct.pack("!BBH", kind, code, 0) + rest + data
    return packet[:2] + struct.pack("!H", checksum(packet)) + packet[4:]


def fragments(payload, piece_bytes):
    """Pairs of fragment field and piece; `piece_bytes` is a multiple of 8."""
    pieces = []
    for at in range(0, len(payload), piece_bytes):
        more = MORE_FRAGMENTS if at + piece_bytes < len(payload) else 0
        pieces.append((more | at // 8, payload[at : at + piece_bytes]))
    return pieces


@dataclass
class TcpOptions:
    mss: int | None = None
    window_scale: int | None = None
    sack_permitted: bool = False
    timestamps: tuple[int, int] | None = None
    sack: list[tuple[int, int]] = field(default_factory=list)

    def to_bytes(self):
        out = b""
        if self.mss is not None:
            out += struct.pack("!BBH", 2, 4, self.mss)
        if self.sack_permitted:
            out += b"\x04\x02"
        if self.timestamps is not None:
            out += b"\x01\x01" + struct.pack("!BBII", 8, 10, self.timestamps[0] & UINT32, self.timestamps[1] & UINT32)
        if self.window_scale is not None:
            out += struct.pack("!BBB", 3, 3, self.window_scale)
        if self.sack:
            out += b"\x01\x01" + struct.pack("!BB", 5, 2 + 8 * len(self.sack))
            out += b"".join(struct.pack("!II", left & UINT32, right & UINT32) for left, right in self.sack)
        return out

    @staticmethod
    def parse(data):
        found = TcpOptions()
        at = 0
        while at < len(data) and data[at] != 0:
            if data[at] == 1:
                at += 1
                continue
            if at + 1 >= len(data) or data[at + 1] < 2:
                break
            kind, body = data[at], data[at + 2 : at + data[at + 1]]
            at += data[at + 1]
            if kind == 2:
                found.mss = struct.unpack("!H", body)[0]
            elif kind == 3:
                found.window_scale = body[0]
            elif kind == 4:
                found.sack_permitted = True
            elif kind == 8:
                found.timestamps = struct.unpack("!II", body)
            elif kind == 5:
                edges = struct.unpack(f"!{len(body) // 4}I", body)
                found.sack = list(zip(edges[::2], edges[1::2]))
        return found


@dataclass
class Frame:
    """One received frame. Fields of protocols that the frame does not carry keep their defaults."""

    source_mac: bytes
    destination_mac: bytes
    kind: int
    arrived: float = 0.0
    source: str = ""
    destination: str = ""
    protocol: int = 0
    identification: int = 0
    fragment: int = 0
    # What follows the IPv4 header, or the ARP packet's operation and addresses.
    body: bytes = b""
    operation: int = 0
    # TCP and UDP; ICMP uses `icmp_kind` and `icmp_code`.
    source_port: int = 0
    destination_port: int = 0
    sequence: int = 0
    acknowledgment: int = 0
    flags: int = 0
    window: int = 0
    options: TcpOptions | None = None
    data: bytes = b""
    icmp_kind: int = -1
    icmp_code: int = -1

    def has(self, flags):
        return self.flags & flags == flags

    def __str__(self):
        if self.kind == ETHER_ARP:
            name = "request" if self.operation == ARP_REQUEST else "reply"
            return f"ARP {name} {self.source} → {self.destination}"
        if self.protocol == TCP:
            names = "+".join(name for flag, name in FLAG_NAMES.items() if self.flags & flag) or "no flags"
            return f"{names} seq {self.sequence} ack {self.acknowledgment} window {self.window}, {len(self.data)} bytes"
        if self.protocol == ICMP:
            return f"ICMP {self.icmp_kind}/{self.icmp_code}, {len(self.data)} bytes"
        return f"protocol {self.protocol}, {len(self.body)} bytes"


def parse(data):
    """A frame; None if it is neither ARP nor IPv4, or cut short."""
    try:
        frame = Frame(data[6:12], data[:6], struct.unpack_from("!H", data, 12)[0])
        if frame.kind == ETHER_ARP:
            frame.operation = struct.unpack_from("!H", data, 20)[0]
            frame.source = socket.inet_ntoa(data[28:32])
            frame.destination = socket.inet_ntoa(data[38:42])
            return frame
        if frame.kind == ETHER_IPV4:
            parse_ipv4(frame, data[ETHERNET_BYTES:])
            return frame
    except (struct.error, OSError, IndexError):
        pass
    return None


def parse_ipv4(frame, packet):
    head_bytes = (packet[0] & 15) * 4
    total, frame.identification, frame.fragment = struct.unpack_from("!HHH", packet, 2)
    frame.protocol = packet[9]
    frame.source = socket.inet_ntoa(packet[12:16])
    frame.destination = socket.inet_ntoa(packet[16:20])
    frame.body = packet[head_bytes : total or len(packet)]
    if frame.fragment & (MORE_FRAGMENTS | 0x1FFF) == 0:
        parse_transport(frame)


def parse_transport(frame):
    """Fills in the fields of the transport protocol from `body`, which holds a whole datagram."""
    body = frame.body
    if frame.protocol == TCP:
        frame.source_port, frame.destination_port, frame.sequence, frame.acknowledgment, offset, frame.flags = (
            struct.unpack_from("!HHIIBB", body)
        )
        frame.window = struct.unpack_from("!H", body, 14)[0]
        frame.options = TcpOptions.parse(body[20 : (offset >> 4) * 4])
        frame.data = body[(offset >> 4) * 4 :]
    elif frame.protocol == UDP:
        frame.source_port, frame.destination_port = struct.unpack_from("!HH", body)
        frame.data = body[8:]
    elif frame.protocol == ICMP:
        frame.icmp_kind, frame.icmp_code = body[0], body[1]
        frame.data = body[8:]
