"""Where a real program listens: only on this machine, or where other computers reach it.

How to think about it: a configuration can name an address in more ways than we can read: in an
included file, by a default, by an option. So we ask the system instead, once the program listens.
Linux lists all sockets that listen, and the sockets that each process holds.
"""

from __future__ import annotations

import ipaddress
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ..words import _

PROC = Path("/proc")
LISTENS = "0A"  # the state, as the system writes it


def only_here(address: str) -> ValueError:
    """The error for a program that would listen on this address."""
    return ValueError(
        _("The lab's programs listen on 127.0.0.1 only, not on {address}").format(address=address)
    )


def beyond_loopback(session: int) -> list[str]:
    """The addresses beyond loopback where the processes of a session listen, with the ports.

    Empty where the system does not tell us: not on Linux, and of another user's processes.
    """
    held = set(_sockets(session))
    return [address for number, address in _listening() if number in held]


def _listening() -> Iterator[tuple[str, str]]:
    """The number of each socket that listens beyond loopback, and where."""
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (PROC / "net" / name).read_text().splitlines()[1:]:
                _nr, local, _remote, state, *rest = line.split()
                if state == LISTENS and (address := _beyond(local)):
                    yield rest[5], address


def _beyond(local: str) -> str:
    """An address and a port in words, or "" for one of this machine."""
    words, port = local.split(":")
    numbers = [int(words[at : at + 8], 16) for at in range(0, len(words), 8)]
    packed = struct.pack(f"={len(numbers)}I", *numbers)  # as this machine orders bytes
    address = ipaddress.ip_address(packed)
    mapped = getattr(address, "ipv4_mapped", None) or address
    if mapped.is_loopback:
        return ""
    return f"[{address}]:{int(port, 16)}" if address.version == 6 else f"{address}:{int(port, 16)}"


def _sockets(session: int) -> Iterator[str]:
    """The numbers of all sockets that processes of a session hold."""
    with suppress(OSError):
        for process in PROC.glob("[0-9]*"):
            with suppress(OSError):  # it has ended, or is another user's
                if os.getsid(int(process.name)) == session:
                    for file in (process / "fd").iterdir():
                        with suppress(OSError):
                            yield os.readlink(file).removeprefix("socket:[").removesuffix("]")
