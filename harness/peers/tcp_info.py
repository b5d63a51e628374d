"""The kernel's own account of a TCP connection: struct tcp_info of linux/tcp.h, as far as this kernel fills it."""

import socket
import struct

# Name and struct-module format, in the kernel's order. The kernel only ever appends.
FIELDS = [
    ("state", "B"), ("ca_state", "B"), ("retransmits", "B"), ("probes", "B"), ("backoff", "B"), ("options", "B"),
    ("wscale", "B"), ("flags", "B"),
    ("rto", "I"), ("ato", "I"), ("snd_mss", "I"), ("rcv_mss", "I"),
    ("unacked", "I"), ("sacked", "I"), ("lost", "I"), ("retrans", "I"), ("fackets", "I"),
    ("last_data_sent", "I"), ("last_ack_sent", "I"), ("last_data_recv", "I"), ("last_ack_recv", "I"),
    ("pmtu", "I"), ("rcv_ssthresh", "I"), ("rtt", "I"), ("rttvar", "I"), ("snd_ssthresh", "I"), ("snd_cwnd", "I"),
    ("advmss", "I"), ("reordering", "I"),
    ("rcv_rtt", "I"), ("rcv_space", "I"), ("total_retrans", "I"),
    ("pacing_rate", "Q"), ("max_pacing_rate", "Q"), ("bytes_acked", "Q"), ("bytes_received", "Q"),
    ("segs_out", "I"), ("segs_in", "I"),
    ("notsent_bytes", "I"), ("min_rtt", "I"), ("data_segs_in", "I"), ("data_segs_out", "I"),
    ("delivery_rate", "Q"), ("busy_time", "Q"), ("rwnd_limited", "Q"), ("sndbuf_limited", "Q"),
    ("delivered", "I"), ("delivered_ce", "I"),
    ("bytes_sent", "Q"), ("bytes_retrans", "Q"),
    ("dsack_dups", "I"), ("reord_seen", "I"), ("rcv_ooopack", "I"), ("snd_wnd", "I"), ("rcv_wnd", "I"),
    ("rehash", "I"), ("total_rto", "H"), ("total_rto_recoveries", "H"), ("total_rto_time", "I"),
]

# Not counted: 2^64 - 1 stands for "no limit", which a JSON number cannot hold.
OMITTED = {"max_pacing_rate", "options", "wscale", "flags"}


def parse(raw):
    """A dictionary of the fields that are complete in the bytes the kernel returned."""
    info = {}
    at = 0
    for name, form in FIELDS:
        size = struct.calcsize("=" + form)
        if at + size > len(raw):
            break
        if name not in OMITTED:
            info[name] = struct.unpack_from("=" + form, raw, at)[0]
        at += size
    return info


def read(connection):
    """The fields of a connected socket. A `pacing_rate` of 2^64 - 1 (no pacing) is left out."""
    info = parse(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 512))
    if info.get("pacing_rate", 0) >= 2**63:
        del info["pacing_rate"]
    return info
