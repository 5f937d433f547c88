"""Arbor's live feed: one address that gives a whole custom report, each time anew.

`https://{school}.uk.arbor.sc/data-export/export/id/{n}/h/{hash}/format/{json|csv}/v/2/` with a user name and a password
(confidence A: seen in many schools' own scripts). The address holds a key, so it is kept like a password, never shown.
JSON is a list of objects, whose keys are the headings that the school typed (A).
"""

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from halfday_sync.errors import SettingsError, SourceError
from halfday_sync.sources.arbor.signs import WHERE
from halfday_sync.sources.base import Site
from halfday_sync.sources.tabular import Mapping, Table, from_objects, from_text
from halfday_sync.sources.web import RefusedError, Web

_FORMAT = re.compile(r"/format/(\w+)(?:/|$)")
_FORMATS = ("json", "csv")
_AGAIN = (
    "Paste the address of the live feed as Arbor shows it, with json or csv as its format: 'halfday init' asks for it."
)


@dataclass(frozen=True)
class LiveFeed:
    """Where the report is, and how to get in. Nothing of it may be shown, so it is not in its `repr` either."""

    base: str = field(repr=False)
    path: str = field(repr=False)
    kind: str
    auth: tuple[str, str] = field(repr=False)

    @classmethod
    def of(cls, site: Site, stated_format: str) -> "LiveFeed":
        """The feed of the secrets that are kept on this computer.

        Raises:
            SettingsError: one is missing, or the address cannot be that of a feed.
        """
        address = site.secret("Arbor feed address").strip()
        auth = site.secret("Arbor user"), site.secret("Arbor password")
        parts = urlsplit(address)
        if parts.username or parts.password:
            raise SettingsError("The Arbor feed address holds a user name or a password.", now=_AGAIN)
        if not parts.netloc or len(parts.path) < 2:
            raise SettingsError("The Arbor feed address is no address of a live feed.", now=_AGAIN)
        said = _FORMAT.search(parts.path)
        kind = said[1].casefold() if said else stated_format
        if kind not in _FORMATS:
            raise SettingsError("The Arbor feed address asks for a format other than json or csv.", now=_AGAIN)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return cls(f"{parts.scheme}://{parts.netloc}/", path, kind, auth)

    def table(self, site: Site, mapping: Mapping, notes: list[str]) -> Table:
        """The report as it is now.

        Raises:
            UnreachableError: Arbor could not be reached.
            SourceError: it refused, or what it gave is no report, or an empty one.
        """
        accept = {"Accept": "text/csv" if self.kind == "csv" else "application/json"}
        with Web("Arbor", self.base, wait=site.wait, now=site.now, headers=accept, auth=self.auth) as web:
            try:
                if self.kind == "csv":
                    data = web.get(self.path, asked="the report").content
                    table = from_text(WHERE, data, mapping, notes, delimiter=",")
                else:
                    table = _table_of(web.json(self.path, asked="the report"))
            except RefusedError as refused:
                if refused.status != HTTPStatus.NOT_FOUND:
                    raise
                raise SourceError(
                    "Arbor knows no report under the address that was given (404).",
                    now=f"A live feed that was deleted or made anew has another address. {_AGAIN}",
                ) from None
            except ValueError as fault:
                raise SourceError(f"{WHERE} cannot be used: {fault}.", now=_NOT_A_REPORT) from None
        if not any(any(row) for row in table.rows[1:]):
            raise SourceError(f"{WHERE} is empty: there is no row in it.", now=_EMPTY)
        return table


_NOT_A_REPORT = "Is it the live feed of a custom report? Open the report in Arbor and look at its columns."
_EMPTY = (
    "Open it in Arbor. Where a permission is missing, Arbor gives an empty report without a word: the user of the feed "
    "needs to see pupils and their roll-call attendance. A filter of dates may leave nothing, too."
)


def _table_of(answer: object) -> Table:
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise ValueError("it is no list of rows")
    return from_objects(WHERE, answer)
