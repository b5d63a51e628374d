"""
Runs cases by name, one a line of standard input, against the stack on this interface.

    run.py --interface eth0 --stack 10.77.0.1 [CASE…]

Prints {"event": "ready", "cases": […]} and for each case {"event": "case", "name", "seconds", "complaint"}, where the
complaint is null or a sentence. After each case the stack's server has to serve a page, unless --no-server is given.
Ends when its input ends; with cases as arguments, or `all`, after these.
"""

import argparse
import json
import sys
import time
import traceback

import active_cases
import attack_cases
import crowd_cases
import datagram_cases
import exchange_cases
from cases import CASES
from frames import mac_bytes
from honest import expect_alive
from host import Complaint, Host, Wire

ADDRESS = "10.77.0.77"
MAC = "02:77:00:00:00:77"


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def run(name, host, serves):
    host.wire.drain()
    host.partial.clear()
    began = time.monotonic()
    complaint = None
    try:
        CASES[name](host)
        if serves:
            expect_alive(host.stack_address)
    except Complaint as words:
        complaint = str(words)
    except Exception as error:
        # A defect of the case; the others still run.
        traceback.print_exc()
        complaint = f"the case itself failed: {error!r}"
    tell("case", name=name, seconds=round(time.monotonic() - began, 2), complaint=complaint)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--interface", required=True)
    options.add_argument("--stack", required=True, metavar="ADDRESS")
    options.add_argument("--no-server", action="store_true", help="the stack opens connections only")
    options.add_argument("cases", nargs="*", metavar="CASE")
    arguments = options.parse_args()
    host = Host(Wire(arguments.interface), ADDRESS, mac_bytes(MAC), arguments.stack)
    tell("ready", cases=sorted(CASES))
    names = sorted(CASES) if arguments.cases == ["all"] else arguments.cases or (line.strip() for line in sys.stdin)
    for name in names:
        run(name, host, not arguments.no_server)


main()
