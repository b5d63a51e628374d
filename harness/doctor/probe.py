"""
Tries, in a container of its own network namespace, what the wiring and the devices need from the kernel.
Prints one JSON object: the name of each thing tried, and an empty text or what went wrong.
"""

import fcntl
import json
import os
import struct
import subprocess

TUNSETIFF = 0x400454CA
TUNSETVNETHDRSZ = 0x400454D8
TUNSETOFFLOAD = 0x400454D0
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR, IFF_MULTI_QUEUE = 0x0002, 0x1000, 0x4000, 0x0100
CHECKSUM_AND_TSO4 = 0x01 | 0x02


def interface(*arguments):
    result = subprocess.run(["ip", "link", "add", *arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise OSError(result.stderr.strip())


def tap(name, flags, configure=lambda descriptor: None):
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    try:
        request = struct.pack("16sH22x", name, IFF_TAP | IFF_NO_PI | flags)
        fcntl.ioctl(descriptor, TUNSETIFF, request)
        configure(descriptor)
    finally:
        os.close(descriptor)


def segmentation(descriptor):
    fcntl.ioctl(descriptor, TUNSETVNETHDRSZ, struct.pack("i", 12))
    fcntl.ioctl(descriptor, TUNSETOFFLOAD, CHECKSUM_AND_TSO4)


probes = {
    "veth": lambda: interface("name", "probe0", "type", "veth", "peer", "name", "probe1"),
    "bridge": lambda: interface("name", "probe2", "type", "bridge"),
    "tap": lambda: tap(b"probe3", 0),
    "vnet-header": lambda: tap(b"probe4", IFF_VNET_HDR, segmentation),
    "multi-queue": lambda: tap(b"probe5", IFF_MULTI_QUEUE),
}

findings = {}
for probe, attempt in probes.items():
    try:
        attempt()
        findings[probe] = ""
    except OSError as error:
        findings[probe] = str(error)
print(json.dumps(findings))
