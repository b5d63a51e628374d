"""Attacks by many hosts, or by one that poses as many: an honest client has to be served all the time."""

import subprocess
import time

from cases import case
from connection import Connection
from frames import ACK, ARP_REPLY, FIN, PSH, RST, mac_bytes
from honest import Honest, fetch
from host import Complaint
from spoofed import FLOOD_ADDRESSES, flood

PEER_SECONDS = 0.001


def each_of(count, act, host):
    """Lets `count` peers act, one after the other; a complaint names the peer."""
    for number in range(count):
        try:
            act(Connection(host, window_scale=7).open())
        except Complaint as complaint:
            raise Complaint(f"peer {number}: {complaint}") from complaint
        time.sleep(PEER_SECONDS)


def take_the_page(connection):
    """Acknowledges everything, the FIN included, and never sends its own: FIN-WAIT-2."""
    connection.get()
    connection.expect_page()


def ask_and_go(connection):
    """Data and FIN stay unacknowledged: FIN-WAIT-1."""
    connection.get()


def shut_the_window(connection):
    """The answer cannot be sent: the stack's connection is an orphan that only probes the window."""
    connection.window = 0
    connection.get("/bytes/10000")


@case
def vanish_after_the_page(host):
    with Honest(fetch(host.stack_address)):
        each_of(200, take_the_page, host)


@case
def vanish_without_acknowledging(host):
    with Honest(fetch(host.stack_address)):
        each_of(200, ask_and_go, host)


@case
def vanish_with_the_window_shut(host):
    with Honest(fetch(host.stack_address)):
        each_of(200, shut_the_window, host)


@case
def vanish_more_than_the_table_has_places(host):
    """1,500 peers of all three kinds: the stack drops the oldest orphaned connections to make room."""
    with Honest(fetch(host.stack_address)):
        for _ in range(5):
            for act in (take_the_page, ask_and_go, shut_the_window):
                each_of(100, act, host)


@case
def syn_flood_of_silent_hosts(host):
    """2,000 SYNs from 100 addresses of the subnet where nobody answers ARP."""
    with Honest(fetch(host.stack_address)):
        flood(host, 2000)


@case
def syn_flood_of_hosts_that_answer_arp(host):
    """The same from addresses that exist, so that every SYN-ACK goes out and is never acknowledged."""
    host.wire.answered.update({address: host.mac for address in FLOOD_ADDRESSES})
    try:
        with Honest(fetch(host.stack_address)):
            flood(host, 2000)
    finally:
        for address in FLOOD_ADDRESSES:
            del host.wire.answered[address]


@case
def a_client_that_comes_during_a_flood(host):
    """A SYN cookie may lose the client's options, but not its data and its FIN."""
    flood(host, 600)
    for number in range(20):
        flood(host, 20)
        connection = Connection(host, window_scale=7, sack=True, timestamps=True).open()
        connection.get("/bytes/20000")
        answer = connection.read_to_end()
        if len(answer) < 20_000:
            raise Complaint(f"client {number}: expected 20,000 bytes; there came {len(answer)}")
        connection.close()


def hold_open(host, request):
    """Opens 100 connections and keeps them open; each sends `request`, if it is not empty, and nothing else."""
    held = []
    try:
        with Honest(fetch(host.stack_address)):
            for number in range(100):
                try:
                    held.append(Connection(host, window_scale=7).open())
                except Complaint as complaint:
                    raise Complaint(f"connection {number}: {complaint}") from complaint
                if request:
                    held[-1].send(PSH | ACK, request)
    finally:
        for connection in held:
            connection.reset()


@case
def connections_that_never_ask(host):
    hold_open(host, b"")


@case
def connections_that_ask_by_half(host):
    hold_open(host, b"GET / HTTP/1.1\r\nHost: wi")


def reset_half_a_request(connection):
    connection.send(PSH | ACK, b"GET / HT")
    connection.reset()


def reset_a_request(connection):
    connection.get("/bytes/5000")
    connection.send(RST | ACK)


def finish_without_a_request(connection):
    """The server has nothing to answer, and nobody acknowledges its FIN."""
    connection.send(FIN | ACK)


@case
def data_and_then_a_reset(host):
    """1,200 times, more than the table has places: a reset frees the place, even if data have not been read."""
    each_of(1200, reset_half_a_request, host)


@case
def a_request_and_then_a_reset(host):
    """As before, but the application is answering when the reset comes."""
    each_of(1200, reset_a_request, host)


@case
def a_fin_before_any_request(host):
    each_of(1200, finish_without_a_request, host)


@case
def strangers_ask_by_arp(host):
    """300 hosts, some with one address, ask for the stack's hardware address while a download to Linux goes on."""
    url = f"http://{host.stack_address}/bytes/3000000"
    limits = ["--limit-rate", "1M", "--max-time", "10"]
    download = subprocess.Popen(["curl", "-sS", "-f", "-o", "/dev/null", *limits, url])
    with Honest(fetch(host.stack_address)):
        for number in range(300):
            address = f"10.77.0.{100 + number % 150}"
            mac = mac_bytes(f"02:66:00:00:{number >> 8:02x}:{number & 255:02x}")
            host.ask_arp(address, mac)
            host.expect(
                f"an ARP reply to {address}",
                lambda each: each.operation == ARP_REPLY and each.destination_mac == mac,
            )
            time.sleep(0.005)
    if download.wait() != 0:
        raise Complaint(f"expected the download to end; curl ended with {download.returncode}")
