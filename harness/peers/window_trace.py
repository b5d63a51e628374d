"""The windows of a connection over time, as the kernel that sends sees them."""

import threading

import endpoint
import tcp_info

# A longer transfer is traced at its beginning only.
MOST_POINTS = 2000


class WindowTrace:
    """Looks at a connection every `step` seconds, from its own thread, until it is told to stop."""

    def __init__(self, connection, step):
        self.connection = connection
        self.step = step
        # Time in microseconds of the monotonic clock; bytes of the congestion window, in flight, and of the receive window.
        self.points = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while len(self.points) < MOST_POINTS:
            info = tcp_info.read(self.connection)
            # RFC 6675's pipe, as the kernel counts it.
            flight = info["unacked"] - info["sacked"] - info["lost"] + info["retrans"]
            segment = info["snd_mss"]
            self.points.append(
                (endpoint.now_micros(), info["snd_cwnd"] * segment, max(0, flight) * segment, info.get("snd_wnd", 0))
            )
            if self.ended.wait(self.step):
                return

    def stop(self):
        self.ended.set()
        self.thread.join()
        return self.points
