"""The tracker as a person reads it: rows of a page under their headers, cells in words and dates, tables by title."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from halfday_sync.commands.demo_desk import Desk
from halfday_sync.workbook.layout import Column, document, section_columns
from halfday_sync.workbook.update.seen import Value, key_text

_DAY_ONE = date(1899, 12, 30)
_DATES = ("date", "fullday")


@dataclass(frozen=True)
class Line:
    """A row of a page that has a key.

    Attributes:
        page, row: where it stands.
        section: the heading above it.
        key: its hidden key, `pupil|what|date`.
        at: its columns of the workbook by the keys of `layout.toml`, and `said` what is in them.
    """

    page: str
    row: int
    section: str
    key: str
    at: Mapping[str, int]
    said: Mapping[str, str]

    @property
    def pupil_id(self) -> str:
        """Whom the row is about."""
        return self.key.split("|")[0]

    @property
    def what(self) -> str:
        """What it is about: an action, a call, a meeting."""
        return self.key.split("|")[1]


def lines(desk: Desk, page: str) -> Iterator[Line]:
    """The rows of a page that have a key, from top to bottom."""
    sheet = desk.seen.sheets[str(document("layout")[page]["title"])]
    heads, hidden = headers(page), _key_column(page)
    at: dict[str, tuple[int, Column]] = {}
    heading = ""
    for row in range(1, sheet.last_row + 1):
        shown = {column: desk.value(sheet.name, row, column) for column in range(1, hidden)}
        titled = {heads[text].key: (column, heads[text]) for column, text in shown.items() if text in heads}
        key = key_text(desk.value(sheet.name, row, hidden))
        if len(titled) > 1:
            at = titled
        elif key.count("|") == 2:
            said = {name: text(shown[column], spec.format) for name, (column, spec) in at.items()}
            yield Line(sheet.name, row, heading, key, {name: column for name, (column, _) in at.items()}, said)
        elif first := next((text(value) for value in shown.values() if value is not None), ""):
            heading = first


@cache
def headers(page: str) -> Mapping[object, Column]:
    """The columns of all sections of a page by their headers."""
    sections = [str(section["id"]) for section in document("layout")[page].get("section", ())] or ["duty"]
    return {column.header: column for section in sections for column in section_columns(page, section)}


def _key_column(page: str) -> int:
    letter = str(document("layout")[page]["key"])
    return ord(letter) - ord("A") + 1


def text(value: Value, kind: str = "") -> str:
    """A cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, float | int) and not isinstance(value, bool):
        if kind in _DATES:
            day = _DAY_ONE + timedelta(days=int(value))
            return f"{day:%a} {day.day} {day:%b %Y}"
        if kind == "percent":
            return f"{100 * value:.4g}%"
        return f"{value:g}"
    return str(value).strip()


def day_of(value: Value) -> date | None:
    """The date in a cell, where there is one."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _DAY_ONE + timedelta(days=int(value))
    return None
