"""What a pack says, sheet by sheet: words and whole numbers only. The workbook and the paper are both drawn from it.

It is frozen when the pack is made and kept as JSON in the log: the same content gives the same files, to the byte.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

Cell = str | int
"""What stands in a cell: words, or a whole number. Dates and percentages are words: every program shows them alike."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands beside it.

    Attributes:
        label: what the form asks, in the form's words.
        value: the answer; empty where nobody has given it.
        by_hand: it is to be filled in by hand: the writers draw a line where the value is empty.
        note: a quiet line below it: where it comes from, what to look at.
    """

    label: str
    value: Cell = ""
    by_hand: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what stands beside them, one under another."""

    title: str
    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs. `warning` sets them apart: the list of what is missing, a "check against the current form"."""

    title: str
    lines: tuple[str, ...]
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings.

    Attributes:
        headings: one for each column.
        rows: each as long as `headings`.
        widths: how wide the columns are, relative to each other.
        empty: what is said where there are no rows.
        note: a quiet line below it.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    empty: str = "Nothing is noted."
    note: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """A row of the session grid.

    Attributes:
        label: its Monday: `1 Sep 2025`.
        codes: ten codes, Monday morning to Friday afternoon; empty where there was no session for the child.
        looks: beside each code how it counts: `present`, `authorised`, `unauthorised`, `late` (L), `closed`, `other`
            or nothing.
        counts: the figures at the end of the row, under the grid's `counted` headings.
    """

    label: str
    codes: tuple[str, ...]
    looks: tuple[str, ...]
    counts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The registration certificate's herringbone: a row a school week, ten sessions, and what they come to.

    Attributes:
        counted: headings of the figures at the end of each row.
        weeks: the rows; a week in which the school was closed throughout has none.
        totals: below the figures, their sums.
    """

    title: str
    counted: tuple[str, ...]
    weeks: tuple[Week, ...]
    totals: tuple[Cell, ...]
    empty: str = "No sessions are held for this year."


@dataclass(frozen=True, slots=True)
class Boxes:
    """Lines to sign on: who signs, by their role, each with a date beside it; above them what they declare."""

    title: str
    statements: tuple[str, ...]
    signed_by: tuple[str, ...]


Block = Facts | Words | Table | Grid | Boxes
_BLOCKS = {one.__name__: one for one in (Facts, Words, Table, Grid, Boxes)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook and a part of the paper that begins on a new page.

    Attributes:
        id: which: `cover`, `certificate`, … (`referrals.sheets`).
        title: what it is called; at most 31 letters, without the signs that Excel forbids.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """All of it.

    Attributes:
        profile: the profile's id.
        title: what it is: "Request for a penalty notice".
        school: the school's name.
        about: whom it is about, on every page: name, date of birth, UPN; of a summary without children the period.
        made_on: the day on the pack.
        marks_until: the last day whose marks count.
        is_draft: something is missing; the first sheet says what, and every page that it is a draft.
    """

    profile: str
    title: str
    school: str
    about: str
    made_on: date
    marks_until: date
    sheets: tuple[Sheet, ...]
    is_draft: bool = False

    def texts(self) -> Iterator[str]:
        """Everything that it says, in no order that matters."""
        yield from (self.title, self.school, self.about)
        for sheet in self.sheets:
            yield sheet.title
            yield from (str(one) for one in _leaves([asdict(block) for block in sheet.blocks]))


def _leaves(value: Any) -> Iterator[Any]:
    """The words and numbers in nested lists and mappings; looks of cells are no words."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name != "looks":
                yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    elif not isinstance(value, bool) and value != "":
        yield value


def as_json(pack: Pack) -> dict[str, Any]:
    """A pack as JSON can hold it."""
    said = asdict(pack)
    said |= {"made_on": pack.made_on.isoformat(), "marks_until": pack.marks_until.isoformat()}
    for sheet, drawn in zip(pack.sheets, said["sheets"], strict=True):
        drawn["blocks"] = [
            {"block": type(block).__name__, **row} for block, row in zip(sheet.blocks, drawn["blocks"], strict=True)
        ]
    return said


def from_json(said: Mapping[str, Any]) -> Pack:
    """The pack that `as_json` told of."""
    sheets = tuple(
        Sheet(one["id"], one["title"], tuple(_block(block) for block in one["blocks"])) for one in said["sheets"]
    )
    days = {name: date.fromisoformat(said[name]) for name in ("made_on", "marks_until")}
    return Pack(**{**said, **days, "sheets": sheets})


def _block(said: Mapping[str, Any]) -> Block:
    fields = {name: _frozen(value) for name, value in said.items() if name != "block"}
    if said["block"] == Facts.__name__:
        fields["rows"] = tuple(Fact(**row) for row in said["rows"])
    if said["block"] == Grid.__name__:
        fields["weeks"] = tuple(Week(**{name: _frozen(one) for name, one in row.items()}) for row in said["weeks"])
    return _BLOCKS[said["block"]](**fields)


def _frozen(value: Any) -> Any:
    """Lists as JSON gives them, as tuples."""
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value
