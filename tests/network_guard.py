"""Tests stay on this computer: every attempt to reach another one is refused, and remembered for the test to fail.

It is an audit hook, so it sees every socket of this process, in whatever thread and library. Programs that tests start
(a browser, LibreOffice) are not seen.
"""

import ipaddress
import socket
import sys
from dataclasses import dataclass, field

_CONNECTING = ("socket.connect", "socket.sendto", "socket.sendmsg")
_ASKING = ("socket.getaddrinfo", "socket.gethostbyname")
_ASKING_BACK = ("socket.gethostbyaddr", "socket.getnameinfo")


class LeavingError(OSError):
    """A test tried to reach another computer. To the product it looks as if the network was gone."""


@dataclass
class Guard:
    """What tests tried."""

    tried: list[str] = field(default_factory=list)

    def hook(self, event: str, args: tuple[object, ...]) -> None:
        """Refuses what would leave this computer (https://docs.python.org/3/library/audit_events.html)."""
        if event in _CONNECTING:
            sock, address = args[0], args[1]
            inet = isinstance(sock, socket.socket) and sock.family in (socket.AF_INET, socket.AF_INET6)
            if inet and isinstance(address, tuple) and not is_here(address[0]):
                self._refuse(f"{event} {address[0]}")
        elif event in (*_ASKING, *_ASKING_BACK) and not is_here(args[0]):
            self._ask(event, args[0])

    def _ask(self, event: str, host: object) -> None:
        if _name(host).endswith(".invalid"):  # nobody's, for good (RFC 2606): what any name server says of it
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if event in _ASKING_BACK or not _is_number(host):
            self._refuse(f"{event} {_name(host)}")

    def told(self) -> str:
        """What was tried since the last time, in words; blank where nothing was."""
        tried, self.tried[:] = list(self.tried), []
        return f"tests stay on this computer, but it was tried to reach others: {'; '.join(tried)}" if tried else ""

    def _refuse(self, what: str) -> None:
        self.tried.append(what)
        raise LeavingError(f"tests stay on this computer: {what}")


def is_here(host: object) -> bool:
    """Whether a host is this computer; its own name is."""
    name = _name(host)
    if name in ("", "localhost", socket.gethostname().casefold()):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback or address.is_unspecified


def _is_number(host: object) -> bool:
    """Whether it is an address already, for which nobody is asked."""
    try:
        ipaddress.ip_address(_name(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _name(host: object) -> str:
    if isinstance(host, tuple):
        host = host[0] if host else ""
    if isinstance(host, bytes | bytearray):
        host = host.decode("ascii", "replace")
    return str(host or "").casefold().rstrip(".")


GUARD = Guard()
sys.addaudithook(GUARD.hook)
