"""Who asks: the address that work is counted against, and whether it still waits."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from khabar.errors import ServeError

Environ = dict[str, Any]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SITE: Final = 64  # bits of an IPv6 address that one site gets: the rest its machines choose freely


def networks(written: Iterable[str]) -> tuple[Network, ...]:
    """The networks of trusted proxies, such as 127.0.0.1 or 10.0.0.0/8; raises ServeError."""
    found = []
    for text in written:
        try:
            found.append(ipaddress.ip_network(text.strip()))
        except ValueError as error:
            raise ServeError(
                where=f"proxy {text}",
                problem=f"is no network: {error}",
                fix="write an address such as 127.0.0.1, or a network such as 10.0.0.0/8",
            ) from error
    return tuple(found)


def address(environ: Environ, proxies: tuple[Network, ...]) -> str:
    """The address to count for: of IPv6 the first 64 bits, and a name for what has no address.

    X-Forwarded-For is believed only as far as trusted PROXIES have written it, from its end; whoever
    is no proxy of ours could write there what he likes.
    """
    client = environ.get("REMOTE_ADDR") or ""
    forwarded = environ.get("HTTP_X_FORWARDED_FOR")
    if forwarded and proxies:
        for hop in reversed(forwarded.split(",")):
            if not _is_within(client, proxies):
                break
            client = hop.strip()
    return _counted(client)


def is_local(environ: Environ, proxies: tuple[Network, ...]) -> bool:
    """Whether the request comes from this machine, and not through a proxy on it that nobody has named."""
    if environ.get("HTTP_X_FORWARDED_FOR") and not proxies:
        return False
    found = _parsed(address(environ, proxies).partition("/")[0])
    return found is not None and found.is_loopback


def departure(environ: Environ) -> Callable[[], bool]:
    """What tells whether the client has closed its connection, as far as the server lets us know."""
    told = environ.get("waitress.client_disconnected")
    if callable(told):
        return lambda: bool(told())
    connection = environ.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        return lambda: _is_closed(connection)
    return lambda: False


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@lru_cache(maxsize=1024)
def _counted(text: str) -> str:
    found = _parsed(text)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, SITE), strict=False)) if not found.is_loopback else "::1"
    return str(found) if found else "unknown"


@lru_cache(maxsize=1024)
def _is_within(text: str, proxies: tuple[Network, ...]) -> bool:
    found = _parsed(text)
    return found is not None and any(found in network for network in proxies)


def _parsed(text: str) -> Address | None:
    text = text.strip("[]").partition("%")[0]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
