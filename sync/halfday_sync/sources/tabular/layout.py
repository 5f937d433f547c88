"""What a table is: a list of marks, a grid of sessions, or pupils only; where its rows begin and where they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from halfday.printing import counted
from halfday.register import AM, PM
from halfday_sync.sources.tabular.columns import Mapping, find_columns
from halfday_sync.sources.tabular.tables import Table, heading_row
from halfday_sync.sources.wording import listed

_FOOTER_WORDS = ("total", "count", "printed", "report", "page", "end of", "run by", "exported")
_SPARE = frozenset({"name", "recorded_at"})
"""Columns that may be there twice, as nothing that is kept depends on them."""


@dataclass(frozen=True)
class Half:
    """Where a row has one mark: the code's column, and the column or the fixed text of its date and session."""

    code_at: int
    date_at: int | None = None
    date_text: str = ""
    session_at: int | None = None
    session: str = ""

    def of(self, cells: Sequence[str]) -> tuple[str, str, str]:
        """Date, session and code of a row, as text."""
        day = self.date_text if self.date_at is None else cells[self.date_at]
        session = self.session if self.session_at is None else cells[self.session_at]
        return day, session, cells[self.code_at]


@dataclass(frozen=True)
class Layout:
    """A table understood.

    Attributes:
        where: the table, as messages name it.
        headings: the text of the headings.
        columns: position of each of our columns.
        body: row number and cells (one per heading) of every row that belongs to the table.
        halves: where a row has its marks; empty for a table of pupils only.
        grid: whether dates and sessions stand above the marks; there a blank cell says nothing.
        written: when the table was written, where that is told.
    """

    where: str
    headings: tuple[str, ...]
    columns: dict[str, int]
    body: list[tuple[int, list[str]]]
    halves: tuple[Half, ...]
    grid: bool = False
    written: int = 0

    @property
    def blank_is_a_mark(self) -> bool:
        """Whether a blank code stands for a missing mark: in a list a row was written for it."""
        return len(self.halves) == 1 and not self.grid

    def cell(self, cells: Sequence[str], column: str) -> str:
        """A row's text in one of our columns; blank where the table has no such column."""
        at = self.columns.get(column)
        return "" if at is None else cells[at]


def lay_out(table: Table, mapping: Mapping, problems: list[str], notes: list[str]) -> Layout | None:
    """The layout of a table, or None with the reason in `problems` (in `notes`, for a sheet of something else)."""
    at, known = heading_row(table.rows, mapping)
    if not known:
        if mapping.header_row is not None:
            problems.append(f"{table.where}: row {mapping.header_row} has none of the headings looked for")
        else:
            notes.append(f"{table.where}: not read, as it has no row of headings")
        return None
    headings = table.rows[at]
    found, unused = find_columns(headings, mapping)
    grid = {"am", "pm"} <= found.keys() and "date" not in found
    faults = _faults(found, grid=grid)
    if faults:
        problems.extend(f"{table.where}, row {at + 1}: {fault}" for fault in faults)
        return None
    columns = {name: positions[0] for name, positions in found.items() if not (grid and name in {"am", "pm"})}
    halves = _grid_halves(table.rows, at, found) if grid else _list_halves(columns)
    if unused:
        notes.append(f"{table.where}: {counted(len(unused), 'column')} not used: {listed(headings[i] for i in unused)}")
    body = _body(table, at, columns, halves, problems, notes)
    return Layout(table.where, tuple(headings), columns, body, halves, grid, table.written)


def _faults(found: dict[str, list[int]], *, grid: bool) -> list[str]:
    faults = [
        f"two headings mean '{name}' (columns {listed(column_letter(at) for at in positions)})"
        for name, positions in found.items()
        if len(positions) > 1 and name not in _SPARE and not (grid and name in {"am", "pm"})
    ]
    if not {"pupil_id", "upn"} & found.keys():
        faults.append("there is neither an admission number nor a UPN column")
    if not grid:
        pairs = {"am", "pm"} & found.keys()
        needed = ({"date"} | ({"am", "pm"} - pairs)) if pairs else {"date", "session", "code"}
        if pairs or {"code", "session"} & found.keys():
            faults += [f"there are marks, but no '{name}' column" for name in sorted(needed - found.keys())]
    return faults


def _list_halves(columns: dict[str, int]) -> tuple[Half, ...]:
    if "code" in columns:
        return (Half(columns["code"], date_at=columns["date"], session_at=columns["session"]),)
    if "am" in columns:
        return tuple(Half(columns[name.lower()], date_at=columns["date"], session=name) for name in (AM, PM))
    return ()


def _grid_halves(rows: list[list[str]], at: int, found: dict[str, list[int]]) -> tuple[Half, ...]:
    """Dates stand above AM and PM; one above AM also counts for the blank above the PM beside it (merged cells)."""
    above = [*(rows[at - 1] if at else []), *[""] * len(rows[at])]
    sessions = {**dict.fromkeys(found["am"], AM), **dict.fromkeys(found["pm"], PM)}
    halves = []
    for position in sorted(sessions):
        beside = sessions[position] == PM and sessions.get(position - 1) == AM
        text = above[position] or (above[position - 1] if beside else "")
        halves.append(Half(position, date_text=text, session=sessions[position]))
    return tuple(halves)


def _body(
    table: Table, at: int, columns: dict[str, int], halves: tuple[Half, ...], problems: list[str], notes: list[str]
) -> list[tuple[int, list[str]]]:
    """Rows below the headings, without blank rows, repeated headings and what stands below the table."""
    headings, above = table.rows[at], at - 1 if halves and halves[0].date_at is None else at
    width = len(headings)
    body, left_out = [], [number for number, row in enumerate(table.rows[: max(above, 0)], 1) if any(row)]
    for number, row in enumerate(table.rows[at + 1 :], at + 2):
        if row == headings:
            left_out.append(number)
        elif any(row):
            body.append((number, row))
    while body and _is_footer(body[-1][1], columns, halves, width):
        left_out.append(body.pop()[0])
    problems.extend(
        f"{table.where}, row {number}: there are {len(row)} cells under {width} headings"
        for number, row in body
        if any(row[width:])
    )
    if left_out:
        notes.append(f"{table.where}: left out, as not part of the table: {_spans(left_out)}")
    return [(number, row if len(row) == width else (row + [""] * width)[:width]) for number, row in body]


def _is_footer(row: list[str], columns: dict[str, int], halves: tuple[Half, ...], width: int) -> bool:
    """Whether a last row is a total or the like: few cells, none where a mark would be, no pupil's id."""
    filled = [at for at, cell in enumerate(row) if cell]
    if len(filled) > 2 or width < 4:
        return False
    first = row[filled[0]].casefold()
    if first.startswith(_FOOTER_WORDS) and not any(half.code_at in filled for half in halves):
        return True
    if any(at in filled for half in halves for at in (half.code_at, half.date_at, half.session_at) if at is not None):
        return False
    return not {columns.get("pupil_id"), columns.get("upn")} & set(filled)


def column_letter(at: int) -> str:
    """A column as spreadsheets name it, from its position.

    >>> column_letter(0), column_letter(25), column_letter(26)
    ('A', 'Z', 'AA')
    """
    return chr(65 + at) if at < 26 else column_letter(at // 26 - 1) + chr(65 + at % 26)


def _spans(numbers: Sequence[int]) -> str:
    """Row numbers in words.

    >>> _spans([1, 2, 3, 160])
    'rows 1 to 3 and row 160'
    """
    spans = []
    for _, group in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        spans.append(f"row {run[0]}" if len(run) == 1 else f"rows {run[0]} to {run[-1]}")
    return listed(spans)
