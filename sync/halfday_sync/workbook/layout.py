"""Design as data: the sheets and columns of `layout.toml`, the look of `styles.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from halfday_sync.templates import templates_dir

AGENT, STAFF = "agent", "staff"


@cache
def document(name: str) -> dict[str, Any]:
    """One of the template files, read."""
    return tomllib.loads((templates_dir() / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, or of a section of a page.

    Attributes:
        owner: `agent` (Halfday fills it in) or `staff`.
        at: the first column of the grid it stands in, counted from 0, and `to` the last one.
        width: in digits.
        list: the drop-down's name; empty for none.
        added: whether people added it. Then its key is its title, as they wrote it.
    """

    key: str
    title: str
    owner: str
    format: str
    at: int
    to: int
    width: float
    list: str = ""
    help: str = ""
    hidden: bool = False
    added: bool = False

    @property
    def wraps(self) -> bool:
        """Whether long text goes on in the next line."""
        return self.format in {"wrap", "strong", "link"}

    @property
    def is_list(self) -> bool:
        """Whether the cells are lists of which a row shows the first lines."""
        return self.format == "list"

    @property
    def header(self) -> str:
        """The header as it is written: our columns for people have a pencil."""
        return f"{pencil()} {self.title}" if self.owner == STAFF and not self.added else self.title


def pencil() -> str:
    """The mark that says: type here."""
    return str(document("layout")["pencil"])


def choices(name: str) -> Sequence[str]:
    """The words of a drop-down; of one that shows cells with a name, that name, with `=`."""
    if name.startswith("="):
        return name
    found: list[str] = document("layout")["list"][name]
    return found


@cache
def table_columns(sheet: str, group: str = "column") -> tuple[Column, ...]:
    """The columns of a table sheet, from its first column on."""
    return tuple(_column(row, at, at, row["width"]) for at, row in enumerate(document("layout")[sheet][group]))


@cache
def grid(sheet: str) -> Mapping[int, float]:
    """The width of each column of a page."""
    return {number(letter): width for letter, width in document("layout")[sheet]["grid"].items()}


@cache
def section_columns(sheet: str, section: str) -> tuple[Column, ...]:
    """The columns of a section of a page."""
    page, widths = document("layout")[sheet], grid(sheet)
    listed = page.get("section", [])
    spec = next((s for s in listed if s["id"] == section), None) or page[section]
    columns = []
    for row in spec["column"]:
        at = number(row["at"])
        to = number(row.get("to", row["at"]))
        columns.append(_column(row, at, to, sum(widths[n] for n in range(at, to + 1))))
    return tuple(columns)


def _column(row: Mapping[str, Any], at: int, to: int, width: float) -> Column:
    said = {key: row[key] for key in ("list", "help", "hidden") if key in row}
    return replace(Column(row["key"], row["title"], row["owner"], row["format"], at, to, width), **said)


def number(letters: str) -> int:
    """A column's letters as a number from 0.

    >>> number("A"), number("AA")
    (0, 26)
    """
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found - 1


def letters(column: int) -> str:
    """A column number from 0 as letters.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
