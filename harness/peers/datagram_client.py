"""
An unmodified client of UDP servers: has numbered datagrams of every length echoed, asks for a name, or sends to a port where
nobody listens.

    datagram_client.py echo --connect 10.77.0.1:7 --count 1000
    datagram_client.py name --connect 10.77.0.1:53
    datagram_client.py refused --connect 10.77.0.1:9

Prints one {"event": "result"}.
"""

import argparse
import random
import socket
import struct

import endpoint

LONGEST_BYTES = 1472
# Datagrams in flight at the same time; few enough that no queue on the way gets full.
WINDOW = 8
SILENCE_SECONDS = 2
NAME = "replicas.example"


def message(number):
    """The bytes of a datagram, derived from its number. Successive numbers go through all lengths, 1 to 1472 bytes."""
    return random.Random(number).randbytes(1 + number * 7 % LONGEST_BYTES)


def echo(client, count):
    """Sends `count` datagrams, at most WINDOW of them in flight. The echoes may come back in any order."""
    awaited = {}
    wrong = echoed = 0
    try:
        for number in range(count):
            awaited[message(number)] = number
            client.send(message(number))
            while len(awaited) >= WINDOW or (awaited and number == count - 1):
                if awaited.pop(client.recv(65536), None) is None:
                    wrong += 1
                else:
                    echoed += 1
    except TimeoutError:
        pass
    return {"echoed": echoed, "wrong": wrong, "missing": sorted(awaited.values())}


def name(client, _):
    """Asks a name server for NAME: whether the answer is well formed (RFC 1035 section 4), and the address in it."""
    question = b"".join(bytes([len(label)]) + label.encode() for label in NAME.split(".")) + b"\0"
    question += struct.pack("!HH", 1, 1)
    identification = random.randrange(1 << 16)
    client.send(struct.pack("!6H", identification, 0x0100, 1, 0, 0, 0) + question)
    answer = client.recv(512)
    header = struct.unpack_from("!6H", answer)
    record = answer[12 + len(question) :]
    return {
        "isAnswer": header[0] == identification and header[1] & 0x8000 != 0 and header[1] & 0xF == 0,
        "echoesQuestion": answer[12 : 12 + len(question)] == question,
        "addresses": [socket.inet_ntoa(record[12:16])] if header[3] == 1 else [],
    }


def refused(client, _):
    """Sends to a closed port: the name of the error that comes back, None if none does."""
    client.send(b"anybody?")
    try:
        client.recv(1)
    except OSError as error:
        return {"error": type(error).__name__}
    return {"error": None}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("ask", choices=("echo", "name", "refused"))
    options.add_argument("--connect", required=True, metavar="HOST:PORT")
    options.add_argument("--count", type=int, default=1000, help="datagrams to be echoed")
    options = options.parse_args()
    host, _, port = options.connect.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(SILENCE_SECONDS)
        client.connect((host, int(port)))
        ask = {"echo": echo, "name": name, "refused": refused}[options.ask]
        endpoint.tell("result", **ask(client, options.count))


endpoint.run(main)
