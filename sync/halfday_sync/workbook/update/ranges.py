"""References to cells, in formulas and in lists of areas, and how they grow when rows are added below a table."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.lint_sheet import column_number
from halfday_sync.workbook.update.seen import Table

_CORNER = r"(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,6})"
_AREA = re.compile(rf"{_CORNER}(?::{_CORNER})?")
_TEXT = r"\"(?:[^\"]|\"\")*\""
_BRACKETS = r"\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]"
_SHEET = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!"
_IN_FORMULA = re.compile(
    rf"{_TEXT}|{_BRACKETS}(?:[\w.]+!)?"
    rf"|(?<![\w.:$\]'!])(?P<sheet>{_SHEET})?(?P<area>{_CORNER}(?::{_CORNER})?)(?![\w.(!\[:])"
)
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


class Area(NamedTuple):
    """An area of cells, all ends inclusive, counted from 1; `fixed` are its dollars: left, top, right, bottom.

    A single cell that was written without a colon is `single`.
    """

    left: int
    top: int
    right: int
    bottom: int
    fixed: tuple[str, str, str, str] = ("", "", "", "")
    single: bool = False

    @classmethod
    def of(cls, text: str) -> "Area | None":
        """An area as it is written.

        >>> Area.of("$B2:C$9")
        Area(left=2, top=2, right=3, bottom=9, fixed=('$', '', '', '$'), single=False)
        """
        match = _AREA.fullmatch(text)
        if match is None:
            return None
        d1, c1, e1, r1, d2, c2, e2, r2 = match.groups()
        single = c2 is None
        left, top = column_number(c1.upper()), int(r1)
        right, bottom = (left, top) if single else (column_number(c2.upper()), int(r2))
        fits = 0 < left <= right <= _MOST_COLUMNS and 0 < top <= bottom <= _MOST_ROWS
        fixed = (d1, e1, d1 if single else d2, e1 if single else e2)
        return cls(left, top, right, bottom, fixed, single) if fits else None

    def __str__(self) -> str:
        d1, e1, d2, e2 = self.fixed
        first = f"{d1}{letters(self.left - 1)}{e1}{self.top}"
        if self.single and (self.left, self.top) == (self.right, self.bottom):
            return first
        return f"{first}:{d2}{letters(self.right - 1)}{e2}{self.bottom}"

    def down(self, rows: int, *, all_ends: bool = False) -> "Area":
        """The area as it reads when the cell that refers to it is copied some rows down: dollars stay."""
        moves = [0 if end and not all_ends else rows for end in (self.fixed[1], self.fixed[3])]
        return self._replace(top=self.top + moves[0], bottom=self.bottom + moves[1])


@dataclass(frozen=True, slots=True)
class Growth:
    """Rows that are added below a table: the table's place as it was (`top` is its row of headers), and how many."""

    sheet: str
    part: str
    top: int
    left: int
    last: int
    right: int
    added: int

    @classmethod
    def of(cls, table: Table, added: int) -> "Growth":
        """The growth of a table.

        Raises:
            SafetyError: it has a row of totals, which would have to move.
        """
        if table.totals:
            raise SafetyError(
                f"{table.sheet}: rows cannot be added below a table that has a row of totals.",
                now="Switch the row of totals off (Table Design, Total Row), and run again.",
            )
        return cls(table.sheet, table.part, table.top, table.left, table.bottom, table.right, added)

    @property
    def first(self) -> int:
        """The first row of data."""
        return self.top + 1

    def holds(self, area: Area) -> bool:
        """Whether an area lies in the table and ends on its last row."""
        across = self.left <= area.left and area.right <= self.right
        return across and area.bottom == self.last and self.top <= area.top

    def is_row(self, area: Area) -> bool:
        """Whether an area is about the last row only, which is one pupil among several."""
        return area.top == self.last and self.last > self.first

    def reaches(self, area: Area) -> Area:
        """An area that ends on the last row, down to the new last row."""
        return area._replace(bottom=self.last + self.added, single=False)

    def names(self, sheet: str) -> bool:
        """Whether a sheet is the table's. Excel does not tell capitals from small letters."""
        return sheet.casefold() == self.sheet.casefold()


Areas = Callable[[str, Area], Area]
"""What becomes of an area on a sheet."""


def plain_sheet(written: str) -> str:
    """The name of a sheet as it is written before an area, without quotation marks.

    >>> plain_sheet("'It''s'!"), plain_sheet("Tracker!")
    ("It's", 'Tracker')
    """
    name = written.removesuffix("!")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def with_areas(formula: str, home: str, change: Areas) -> str:
    """A formula with its areas changed; areas without a sheet are on `home`. Texts and table references stay.

    >>> with_areas('COUNTIF($A$2:$A$9,"A1")+B3+LOG10(A1)+t[A1]', "x", lambda _s, area: area._replace(bottom=99))
    'COUNTIF($A$2:$A$99,"A1")+B3:B99+LOG10(A1:A99)+t[A1]'
    """

    def replaced(match: re.Match[str]) -> str:
        area = Area.of(match["area"]) if match["area"] else None
        if area is None:
            return match[0]
        sheet = match["sheet"] or ""
        new = change(plain_sheet(sheet) if sheet else home, area)
        return match[0] if new == area else f"{sheet}{new}"

    return _IN_FORMULA.sub(replaced, formula)


def grown_formula(formula: str, home: str, growths: Sequence[Growth], *, relative: bool = False) -> str:
    """A formula whose areas reach the new last rows of tables.

    Without `relative`, an area grows only where its last row has a dollar: in a rule or a name, a row without one moves
    with the cell that the formula is worked out for.
    """

    def grown(sheet: str, area: Area) -> Area:
        for growth in growths:
            fixed = relative or (area.fixed[3] == "$" and not area.single)
            if growth.names(sheet) and fixed and growth.holds(area) and not growth.is_row(area):
                return growth.reaches(area)
        return area

    return with_areas(formula, home, grown)


def grown_print_area(text: str, growths: Sequence[Growth]) -> str:
    """An area to be printed: it grows when the table's last row was its last one, whatever else is on the paper."""

    def grown(sheet: str, area: Area) -> Area:
        for growth in growths:
            across = area.left <= growth.right and growth.left <= area.right
            if growth.names(sheet) and across and area.top <= growth.last == area.bottom:
                return growth.reaches(area)
        return area

    return with_areas(text, "", grown)


def grown_list(sqref: str, growths: Iterable[Growth]) -> str:
    """A list of areas on the table's own sheet. The last row alone grows where rows above it are in the list too."""
    areas = [Area.of(text) for text in sqref.split()]
    return " ".join(
        text if area is None else str(_grown_area(area, areas, growths))
        for text, area in zip(sqref.split(), areas, strict=True)
    )


def _grown_area(area: Area, others: Sequence[Area | None], growths: Iterable[Growth]) -> Area:
    for growth in growths:
        if growth.holds(area):
            above = any(
                other
                and growth.top <= other.bottom < area.top
                and other.left <= area.right
                and area.left <= other.right
                for other in others
            )
            if above or not growth.is_row(area):
                return growth.reaches(area)
    return area
