"""One call over HTTP, as the emulator saw it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Call:
    """A request and what was answered.

    Attributes:
        url: path and query.
        body: the request's body, unpacked where it was sent packed.
        status: 0 where the connection was dropped.
        reply: the reply's body, before it was packed.
        sent: bytes of the request's body on the wire.
        received: bytes of the reply's body on the wire.
        headers: the request's, in small letters, without its token.
    """

    method: str
    url: str
    body: bytes
    status: int = 0
    reply: bytes = b""
    sent: int = 0
    received: int = 0
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
