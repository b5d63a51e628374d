"""SYNs of hosts that are not there."""

import time

from frames import SYN, TcpOptions

FLOOD_ADDRESSES = [f"10.77.0.{last}" for last in range(100, 200)]
BURST = 20
BURST_SECONDS = 0.02


def flood(host, count):
    """Sends SYNs from these addresses in turn, 1,000 a second: more would make the device drop honest frames, too."""
    options = TcpOptions(mss=1460, sack_permitted=True, timestamps=(1, 0), window_scale=7).to_bytes()
    for number in range(count):
        source = FLOOD_ADDRESSES[number % len(FLOOD_ADDRESSES)]
        host.send_tcp((1024 + number, 80), number * 65_537, 0, SYN, options=options, source=source)
        if number % BURST == 0:
            # Receives, so that ARP requests for addresses in `answered` get their replies.
            host.wire.drain()
            time.sleep(BURST_SECONDS)
