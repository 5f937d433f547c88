"""Rows of a page that are about somebody: which are the same on the page as it is and as it should be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from halfday_sync.workbook.update.cell import attributes, read
from halfday_sync.workbook.update.looks import Looks
from halfday_sync.workbook.update.markup import start_tag
from halfday_sync.workbook.update.own_page import OwnPage, Place
from halfday_sync.workbook.update.rows import SheetRows, cells


@dataclass(frozen=True)
class Keyed:
    """The page that people work in, by its rows' keys.

    Attributes:
        there: its rows.
        strings: the shared strings of its workbook.
        column: the hidden column of keys (0: the page has none).
        right: the last column that is Halfday's.
    """

    there: SheetRows
    strings: Sequence[str]
    column: int
    right: int

    @cached_property
    def rows(self) -> Mapping[int, str]:
        """The key of each row that has one."""
        return dict(self._keys()) if self.column else {}

    def _keys(self) -> Iterator[tuple[int, str]]:
        for at, row in self.there.rows.items():
            for column, xml in cells(row):
                if column == self.column:
                    key = read(xml, self.strings).value
                    if isinstance(key, str) and "|" in key:
                        yield at, key.strip()

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The first row of each key."""
        found: dict[str, int] = {}
        for row, key in self.rows.items():
            found.setdefault(key, row)
        return found

    def filled(self, row: int) -> frozenset[int]:
        """The columns of a row in which something stands."""
        xml = self.there.rows.get(row, b"")
        return frozenset(column for column, cell in cells(xml) if read(cell, self.strings)[:2] != (None, ""))


def formats(now: Keyed, fresh: OwnPage, sent: OwnPage | None, looks: Looks) -> dict[Place, int]:
    """Formats that people gave to cells of rows that are about somebody, by the place they are to have now.

    A cell stays open for typing, or locked, as the fresh page has it; and a value of Halfday's keeps the number format
    that it needs.
    """
    before = sent or fresh
    found: dict[Place, int] = {}
    for key, row in now.place.items():
        if key not in fresh.keys or key not in before.keys:
            continue
        for column, xml in cells(now.there.rows[row]):
            if column > now.right or column == now.column or (before.keys[key], column) in before.covered:
                continue
            was = before.look((before.keys[key], column))
            style = int(attributes(start_tag(xml)).get("s") or 0)
            place = (fresh.keys[key], column)
            if place in fresh.cells and looks.look(style)._replace(is_open=was.is_open) != was:
                found[place] = _fitted(style, looks, fresh, place, keeps_number=was.number == fresh.look(place).number)
    return found | {place: found[first] for place, first in fresh.covered.items() if first in found}


def _fitted(style: int, looks: Looks, fresh: OwnPage, place: Place, *, keeps_number: bool) -> int:
    wanted = fresh.look(place)
    if not (wanted.is_open and keeps_number):
        style = looks.with_number(style, looks.number_code(looks.xf(int(fresh.cells[place].get("s", "0")))))
    return looks.opened(style, is_open=wanted.is_open)
