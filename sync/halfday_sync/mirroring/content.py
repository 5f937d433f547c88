"""What a tab is made of before a school's rules are laid over it: rows, blocks of rows for charts, what it is of."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from halfday_sync.mirroring.answers import Conflict
from halfday_sync.mirroring.design import Tab
from halfday_sync.mirroring.discretion import Discretion
from halfday_sync.sheets.model import HEADER, HEADING, NOTE, Row, Value
from halfday_sync.workbook.sheet import Cell, told
from halfday_sync.workbook.view import View


@dataclass(frozen=True, slots=True)
class Told:
    """What a sync has to tell of the copy itself.

    Attributes:
        conflicts: answers that differ from the tracker's.
        put_back: cells, rows or columns of Halfday's that people changed and that are as they were, in sentences.
    """

    conflicts: Sequence[Conflict] = ()
    put_back: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Of:
    """What a list is made from.

    Attributes:
        view: the morning, as the tracker shows it.
        tab: which tab the rows are for.
        discretion: what sentences may say there.
        told: what the last sync has to tell.
        titles: what the columns are called that people fill in, by key.
        there: keys of the pupils' rows that the copy has already.
        benchmark: whose figures stand beside the school's; empty: the usual ones.
    """

    view: View
    tab: Tab
    discretion: Discretion
    told: Told = field(default_factory=Told)
    titles: Mapping[str, str] = field(default_factory=dict)
    there: Collection[str] = ()
    benchmark: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that a chart draws, from the key of the first to that of the last, and the finding that is its title."""

    first: str
    last: str
    finding: str


@dataclass(frozen=True, slots=True)
class Content:
    """The rows of a tab, and its blocks by name."""

    rows: tuple[Row, ...]
    blocks: Mapping[str, Block] = field(default_factory=dict)


def row(key: str, values: Mapping[str, Value], formats: Mapping[str, str] | None = None) -> Row:
    """A row of figures; cells that say nothing are left out."""
    said = {name: value for name, value in values.items() if value not in (None, "")}
    return Row(key, said, formats={name: one for name, one in (formats or {}).items() if name in said})


def heading(key: str, column: str, words: str) -> Row:
    """A heading over rows."""
    return Row(key, {column: words}, HEADING)


def space(key: str) -> Row:
    """An empty row, before a heading."""
    return Row(key, {}, NOTE)


def header(key: str, titles: Mapping[str, str]) -> Row:
    """Headers of their own for the rows below."""
    return Row(key, dict(titles), HEADER)


def notes(key: str, column: str, sentences: Iterable[str]) -> list[Row]:
    """Sentences in small words, a row each."""
    plain = {column: "text"}
    return [Row(f"{key}:note {at}", {column: words}, NOTE, plain) for at, words in enumerate(sentences, 1) if words]


def said(cell: Cell) -> Value:
    """What a cell of the workbook says, as one of the copy does: a link is its words, a moment its day."""
    value = told(cell)
    return (
        value.date() if isinstance(value, datetime) else value if isinstance(value, str | float | int | date) else None
    )
