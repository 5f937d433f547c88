"""Every date text of a table, settled once: a column's dates are proven together and then looked up."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Self

from halfday.school_year import year_of
from halfday_sync.sources.tabular.dates import (
    DateOrder,
    TwoWays,
    in_order,
    proven,
    read_date,
    settle,
    swapped_by_excel,
)
from halfday_sync.sources.tabular.layout import Layout
from halfday_sync.sources.tabular.weekdays import by_weekday, has_weekdays

COLUMNS = ("date", "dob", "start_date", "end_date")


class UnsettledError(ValueError):
    """The order of day and month in this column is not known, which has been told already."""


class DayColumn:
    """The dates of one column, by their text."""

    def __init__(self, texts: Iterable[str], proven_days: Mapping[str, date] | None = None) -> None:
        self._read = {text: read_date(text) for text in set(texts) if text} | dict(proven_days or {})
        self._order: DateOrder | None = None
        self._settled = True

    @property
    def two_ways(self) -> list[TwoWays]:
        """The dates in numbers, whose order has to be settled."""
        return [found for found in self._read.values() if isinstance(found, TwoWays)]

    @classmethod
    def refused(cls, texts: Iterable[str]) -> Self:
        """A column in which nothing is to be believed, which has been told already."""
        column = cls(texts, dict.fromkeys(texts, date.min))
        column._settled = False
        return column

    def settle(self, elsewhere: set[DateOrder], stated: DateOrder | None) -> str:
        """Find the order of day and month. Gives the reason where it cannot be known, else a blank."""
        two_ways, why = self.two_ways, ""
        sure = [found for found in self._read.values() if isinstance(found, date)]
        if two_ways:
            self._order, why = settle(two_ways, elsewhere, stated)
        if not why and swapped_by_excel(sure, two_ways) and not stated:
            why = (
                "real dates have days up to 12 only, and all later days are text: Excel seems to have swapped day and "
                "month; export the file again and do not open it in Excel"
            )
        self._settled = not why
        return why

    def day(self, text: str) -> date | None:
        """The date of a text of this column; None when it is no whole date.

        Raises:
            UnsettledError: day and month cannot be told apart.
        """
        found = self._read.get(text)
        if isinstance(found, TwoWays):
            if not self._settled or self._order is None:
                raise UnsettledError
            return in_order(found, self._order)
        if found and not self._settled:
            raise UnsettledError
        return found


def day_columns(
    layout: Layout, stated: DateOrder | None, as_of: date, problems: list[str], notes: list[str]
) -> dict[str, DayColumn]:
    """The settled date columns of a table, by our column. A column that cannot be settled adds one problem.

    Dates above a grid may have no year if their weekday names prove that it is the school year of `as_of`.
    """
    texts = {name: [layout.cell(cells, name) for _, cells in layout.body] for name in COLUMNS if name in layout.columns}
    if layout.grid:
        texts["date"] = [half.date_text for half in layout.halves]
    columns = {name: DayColumn(column) for name, column in texts.items()}
    for name, column in columns.items():
        if name == "date" and layout.grid and has_weekdays(texts[name]):
            continue
        elsewhere = {order for other in columns.values() if other is not column for order in proven(other.two_ways)}
        why = column.settle(elsewhere, stated)
        if why:
            at = layout.columns.get(name)
            title = _ABOVE if at is None else f"column '{layout.headings[at]}'"
            problems.append(f"{layout.where}, {title}: {why}")
    if layout.grid and has_weekdays(texts["date"]):
        columns["date"] = _without_year(layout, texts["date"], stated, as_of, problems, notes)
    return columns


_ABOVE = "dates above the grid"


def _without_year(
    layout: Layout, texts: list[str], stated: DateOrder | None, as_of: date, problems: list[str], notes: list[str]
) -> DayColumn:
    year = year_of(as_of)
    days = by_weekday(texts, year, stated)
    if isinstance(days, str):
        problems.append(f"{layout.where}, {_ABOVE}: {days}")
        return DayColumn.refused(texts)
    notes.append(f"{layout.where}, {_ABOVE}: they have no year; their weekdays prove {year}/{(year + 1) % 100:02}")
    return DayColumn(texts, days)
