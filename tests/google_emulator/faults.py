"""What can go wrong on the way: said once with `Google.fail`, it happens to the next call that matches."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.google_emulator.replies import GoogleError

if TYPE_CHECKING:
    from tests.google_emulator.calls import Call

_WORDS = {
    400: ("Invalid JSON payload received.", "INVALID_ARGUMENT"),
    401: ("Request had invalid authentication credentials.", "UNAUTHENTICATED"),
    403: ("The caller does not have permission", "PERMISSION_DENIED"),
    404: ("Requested entity was not found.", "NOT_FOUND"),
    429: ("Resource has been exhausted (e.g. check quota).", "RESOURCE_EXHAUSTED"),
    500: ("Internal error encountered.", "INTERNAL"),
    503: ("The service is currently unavailable.", "UNAVAILABLE"),
    504: ("Deadline expired before operation could complete.", "DEADLINE_EXCEEDED"),
}
_PAGE = b"<!DOCTYPE html>\n<html lang=en><title>Error (Server Error)!!1</title><p><b>%d.</b> That's an error.</html>\n"


class DroppedError(Exception):
    """The connection goes without an answer."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in the place of the right one."""

    status: int
    body: bytes
    content: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a call.

    Attributes:
        first: done before the call is worked on.
        drop: the connection goes: before the call is worked on, or after, so that it is applied and nobody hears.
        said: the answer, and the call is not worked on.
        after: the answer comes once the call is worked on: it is applied, and the answer says it failed.
    """

    first: Callable[[], object] | None = None
    drop: str = ""
    said: Said | None = None
    after: bool = False


def drop_before() -> Fault:
    """The connection is lost and nothing is done; a time-out looks the same to the emulator."""
    return Fault(drop="before")


def drop_after() -> Fault:
    """It is done, and the connection is lost before the answer."""
    return Fault(drop="after")


def status(
    code: int,
    *,
    html: bool = False,
    retry_after: int | None = None,
    message: str = "",
    reason: str = "",
    after: bool = False,
) -> Fault:
    """Another answer: Google's JSON of an error, or a page for people.

    Args:
        code: the status.
        html: a page, as Google's front sends when nothing behind it answers.
        retry_after: seconds, in the header.
        message: other words.
        reason: with a reason it is an error as Drive writes it.
        after: the call is worked on all the same.
    """
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if html:
        return Fault(said=Said(code, _PAGE % code, "text/html; charset=UTF-8", headers), after=after)
    words, name = _WORDS.get(code, ("Unknown Error.", ""))
    error = GoogleError(code, message or words, "" if reason else name)
    error.reason = {"domain": "global", "reason": reason} if reason else None
    return Fault(said=Said(code, json.dumps(error.body()).encode(), headers=headers), after=after)


def before(act: Callable[[], object]) -> Fault:
    """Something happens first, as when a person shares the file between the check and the write."""
    return Fault(first=act)


def answer(body: bytes, code: int = 200, content: str = "application/json; charset=UTF-8") -> Fault:
    """Exactly these bytes, for replies that are none: cut off, of another kind, a firewall's page."""
    return Fault(said=Said(code, body, content))


@dataclass(slots=True)
class Planned:
    """A fault that waits for its call."""

    match: "Callable[[Call], bool] | str"
    fault: Fault
    times: int

    def fits(self, call: "Call") -> bool:
        """Whether it is this one's turn."""
        if isinstance(self.match, str):
            return self.match in f"{call.method} {call.url}"
        return self.match(call)
