"""
Stands in for the stack in tests of the wiring: makes a TAP, prints every frame that arrives as hexadecimal digits,
and sends the frames it reads from standard input in the same form.

    tap.py tap0
"""

import fcntl
import os
import struct
import sys
import threading

TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000


def receive(descriptor):
    while True:
        print(os.read(descriptor, 65536).hex(), flush=True)


descriptor = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", sys.argv[1].encode(), IFF_TAP | IFF_NO_PI))
print("ready", flush=True)
# Reads fail while the interface is down or not wired: reading begins when the first frame is to be sent.
reader = threading.Thread(target=receive, args=[descriptor], daemon=True)
for line in sys.stdin:
    if not reader.is_alive():
        reader.start()
    if line.strip():
        os.write(descriptor, bytes.fromhex(line))
