"""Run pytest under strace, and fail if anything connected to another machine.

`python tests/egress.py [arguments of pytest]`; CI runs all tests so.  Only Linux has strace.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from ipaddress import ip_address
from pathlib import Path
from typing import Final

# A name is resolved over a socket that is connected first, so what resolves a name is seen, too.
CONNECT: Final = re.compile(
    r'(?m)^(?:\d+<(?P<who>[^>]*)>)?.*?connect\(\d+<(?P<kind>\w+).*?sa_family=AF_INET6?,.*?"(?P<address>[0-9a-fA-F.:]+)"'
)
# By which chromium asks the kernel whether IPv6 is routed at all: a datagram socket, on which it sends
# nothing (net/dns/host_resolver_manager.cc); no option turns it off.
PROBE: Final = ("UDPv6", "2001:4860:4860::8888")


def outgoing(log: Path) -> Counter[str]:
    """How often which address of another machine was connected to, and by which program."""
    found = CONNECT.finditer(log.read_text("utf-8", "replace"))
    asked = (match for match in found if (match["kind"], match["address"]) != PROBE)
    others = (match for match in asked if not _is_here(match["address"]))
    return Counter(" by ".join(filter(None, (match["address"], match["who"]))) for match in others)


def _is_here(address: str) -> bool:
    found = ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None)  # so Java writes addresses of IPv4
    return (mapped or found).is_loopback


def main() -> int:
    """The status of pytest, or 1 when something got out."""
    with tempfile.TemporaryDirectory(prefix="khabar-") as scratch:
        log = Path(scratch) / "connections"
        trace = [
            "strace",
            "-f",
            "--seccomp-bpf",
            "-qqq",
            "-yy",  # tells what kind of socket it is
            "-Y",  # and which program it is
            "-e",
            "trace=connect",
            "-e",
            "signal=none",
            "-o",
            log,
        ]
        done = subprocess.run([*map(str, trace), sys.executable, "-m", "pytest", *sys.argv[1:]], check=False)
        calls = log.read_text("utf-8", "replace").count("connect(")
        found = outgoing(log)
    print(f"egress: {calls} connections, {sum(found.values())} to another machine {dict(found) or ''}")
    if not calls:
        print("egress: nothing was seen at all; does strace work here?")
    return done.returncode or int(bool(found) or not calls)


if __name__ == "__main__":
    sys.exit(main())
