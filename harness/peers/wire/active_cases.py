"""The other end of connections that the stack opens: the stack connects while one of these cases waits."""

import time

from cases import case
from connection import Connection
from frames import ACK, SYN, TCP, UINT32, mac_bytes
from host import Complaint

PATIENCE_SECONDS = 5.0


def expect_syn(host, port):
    return host.expect(
        f"a SYN to port {port}",
        lambda each: each.protocol == TCP
        and each.flags == SYN
        and each.destination == host.address
        and each.destination_port == port,
        PATIENCE_SECONDS,
    )


def shows(sequence, port):
    """Whether the low 14 bits of a port, those that vary, stand anywhere in a sequence number."""
    return any((sequence >> shift) & 0x3FFF == port & 0x3FFF for shift in range(19))


def answering(host, syn):
    """This host's end of the connection that a SYN of the stack begins."""
    connection = Connection(host, port=syn.source_port, local_port=syn.destination_port)
    connection.acknowledgment = (syn.sequence + 1) & UINT32
    return connection


@case
def strangers_ask_while_the_stack_connects(host):
    """The stack waits for the ARP reply of a silent neighbour; requests of 100 other hosts must not evict its entry."""
    for number in range(100):
        host.ask_arp(f"10.77.0.{100 + number}", mac_bytes(f"02:66:00:00:01:{number:02x}"))
        time.sleep(0.01)


@case
def simultaneous_open(host):
    """RFC 9293 section 3.5, figure 7: SYNs cross, SYN-ACKs cross, and no SYN-ACK answers a SYN-ACK."""
    syn = expect_syn(host, 5001)
    connection = answering(host, syn)
    connection.send_syn()
    connection.expect("a SYN-ACK in answer to the SYN that crossed", lambda each: each.has(SYN | ACK))
    connection.send(SYN | ACK, sequence=connection.initial)
    answers = host.collect(connection.is_mine, 0.5)
    if any(each.has(SYN) for each in answers):
        raise Complaint(f"expected an ACK in answer to the SYN-ACK; there came {answers[0]}")
    connection.reset()


@case
def ports_and_sequence_numbers(host):
    """RFC 6056 and RFC 6528: the ports of ten connections come in no order, and their ISNs do not show the ports."""
    syns = []
    for _ in range(10):
        syns.append(expect_syn(host, 5002))
        connection = answering(host, syns[-1])
        connection.send_syn_ack()
        connection.expect("an ACK of the SYN-ACK", lambda each: each.flags == ACK)
        connection.reset()
    ports = [syn.source_port for syn in syns]
    shown = [syn for syn in syns if shows(syn.sequence, syn.source_port)]
    if len(shown) > 2:
        raise Complaint(f"expected the ISN not to hold bits of the port; in {len(shown)} of ten it does")
    if len(set(ports)) < 10 or ports in (sorted(ports), sorted(ports, reverse=True)):
        raise Complaint(f"expected ten ports in no order; there came {ports}")
