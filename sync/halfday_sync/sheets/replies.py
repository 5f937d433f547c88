"""An answer of Google's: a status, a body and headers. Pure; what comes in a batch is one as well."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

_WORD = re.compile(r"[A-Za-z_]{3,60}")


@dataclass(frozen=True, slots=True)
class Get:
    """Something to ask: a whole address without its query, and the query."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        status: the HTTP status; 0 where none came (a part that is missing from a batch).
        body: its bytes, unpacked.
        headers: by name; how the names are written does not matter.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """A header; blank where there is none."""
        return next((value for one, value in self.headers.items() if one.lower() == name.lower()), "")

    @property
    def is_page(self) -> bool:
        """Whether it is for people to look at: a web filter's page, or Google's own page for trouble."""
        return "html" in self.header("content-type").casefold() or self.body[:50].lstrip().lower().startswith(
            (b"<!doctype", b"<html")
        )

    @property
    def is_json(self) -> bool:
        """Whether it is a JSON object."""
        return self._parsed() is not None

    def json(self) -> dict[str, object]:
        """The JSON object; an empty one where it is none."""
        return self._parsed() or {}

    def _parsed(self) -> dict[str, object] | None:
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def reasons(self) -> frozenset[str]:
        """Google's own words for why: `storageQuotaExceeded`, `SERVICE_DISABLED`. Its sentences may hold what was sent.

        Drive puts them into `error.errors[].reason`, Sheets into `error.status` and `error.details[].reason`, the desk
        for passes into `error`.
        """
        return frozenset(word for word in self._words() if isinstance(word, str) and _WORD.fullmatch(word))

    def _words(self) -> Iterator[object]:
        error = self.json().get("error")
        yield error
        if not isinstance(error, dict):
            return
        yield error.get("status")
        for name in ("errors", "details"):
            several = error.get(name)
            for one in several if isinstance(several, list) else ():
                if isinstance(one, dict):
                    yield one.get("reason")

    def says(self, *phrases: str) -> bool:
        """Whether Google's sentence has one of these phrases in it; the sentence itself is never repeated."""
        told = self.json()
        error = told.get("error")
        sentence = error.get("message") if isinstance(error, dict) else told.get("error_description")
        return isinstance(sentence, str) and any(phrase.casefold() in sentence.casefold() for phrase in phrases)

    def pause(self, now: datetime) -> float | None:
        """The pause that it asks for (`Retry-After`), in seconds; a date counts from its own clock, else from `now`."""
        text = self.header("retry-after").strip()
        try:
            if text.isascii() and text.isdecimal():
                return float(text)
            theirs = self.header("date")
            since = parsedate_to_datetime(theirs) if theirs else now
            return max(0.0, (parsedate_to_datetime(text) - since).total_seconds())
        except (ValueError, TypeError):
            return None
