"""
Many connections at once: opens them all, then sends a message of its own on each and compares what is echoed, then
closes them all.

    crowd.py --connect 10.77.0.1:7 --connections 1024 --bytes 1024

Prints one {"event": "result"}; `lost` lists why connections did not echo, each reason once.
"""

import argparse
import asyncio
import random
import time

import endpoint

OPENING_AT_ONCE = 128
# Until all connections are open, and again until all have echoed.
LIMIT_SECONDS = 45


async def open_all(host, port, count):
    turn = asyncio.Semaphore(OPENING_AT_ONCE)
    deadline = asyncio.get_running_loop().time() + LIMIT_SECONDS

    async def open_one():
        async with asyncio.timeout_at(deadline), turn:
            return await asyncio.open_connection(host, port)

    return await asyncio.gather(*(open_one() for _ in range(count)), return_exceptions=True)


async def echo(connection, message):
    """Why the message did not come back; None if it did."""
    if isinstance(connection, Exception):
        return f"not opened: {type(connection).__name__} {connection}"
    reader, writer = connection
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            writer.write(message)
            await writer.drain()
            answer = await reader.readexactly(len(message))
    except (OSError, asyncio.IncompleteReadError) as error:
        return f"{type(error).__name__} {error}"
    return None if answer == message else "other bytes"


async def close(connection):
    if not isinstance(connection, Exception):
        connection[1].close()
        try:
            await connection[1].wait_closed()
        except OSError:
            pass


async def run(options):
    host, _, port = options.connect.rpartition(":")
    began = time.monotonic()
    connections = await open_all(host, int(port), options.connections)
    opened = time.monotonic()
    messages = [random.Random(number).randbytes(options.bytes) for number in range(options.connections)]
    outcomes = await asyncio.gather(*map(echo, connections, messages))
    echoed = time.monotonic()
    await asyncio.gather(*map(close, connections))
    lost = [each for each in outcomes if each is not None]
    endpoint.tell(
        "result",
        echoed=len(outcomes) - len(lost),
        lost=sorted(set(lost)),
        openSeconds=round(opened - began, 2),
        echoSeconds=round(echoed - opened, 2),
    )


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--connect", required=True, metavar="HOST:PORT")
    options.add_argument("--connections", type=int, required=True)
    options.add_argument("--bytes", type=int, default=1024, help="length of each message")
    endpoint.allow_many_files()
    asyncio.run(run(options.parse_args()))


endpoint.run(main)
