"""Which pupils the selected rows are about: on the Tracker, the Register or Today, sorted and moved as they may be."""

import re
from collections.abc import Iterator

from halfday_macros import layout
from halfday_macros.book import BookLike, RangeLike, SheetLike, Table, cell, rows, seen, table, tables_on, words_of
from halfday_macros.desk import Stop

NONE_SELECTED = (
    "No pupil is selected. Click a cell in a pupil's row on the Tracker, the Register or Today, then press the button "
    "again."
)
NO_TRACKER = "The table of the Tracker is not in this workbook, so no pupil can be looked up. Nothing was changed."
_KEY = re.compile(r"(?P<pupil>[^|]+)\|[^|]+\|\d{4}-\d\d-\d\d")
_WIDE = 40
"""As far to the right as the hidden key of a page is looked for: staff may have put columns in."""
_MANY = 3000


def selected(book: BookLike) -> tuple[str, ...]:
    """The ids of the pupils in the selected rows, each once, from top to bottom. Hidden rows are not meant.

    Raises:
        Stop: no row of a pupil is selected.
    """
    choice = book.selection
    if choice is None:
        raise Stop(NONE_SELECTED)
    found = dict.fromkeys(_pupils(choice.sheet, list(_blocks(choice))))
    if not found:
        raise Stop(NONE_SELECTED)
    return tuple(found)


def _blocks(choice: RangeLike) -> Iterator[tuple[int, int]]:
    """First and last row of each selected block. Whole columns are no rows of a pupil."""
    for block in choice.address.split(","):
        numbers = [int(digits) for digits in re.findall(r"\d+", block)]
        if numbers and max(numbers) - min(numbers) < _MANY:
            yield min(numbers), max(numbers)


def _pupils(sheet: SheetLike, blocks: list[tuple[int, int]]) -> Iterator[str]:
    title = layout.titles("tracker")["pupil_id"]
    listed = [(one, column) for one in tables_on(sheet) if (column := one.column(title)) is not None]
    for first, last in blocks:
        for one, column in listed:
            yield from _ids(one, column, max(first, one.first), min(last, one.last))
        if not listed:
            yield from _keys(sheet, first, last)


def _ids(one: Table, column: int, first: int, last: int) -> Iterator[str]:
    if first <= last:
        values = rows(one.sheet.range((first, column), (last, column)))
        for row, (value,) in enumerate(values, first):
            if (pupil := words_of(value)) and seen(one.sheet, row):
                yield pupil


def _keys(sheet: SheetLike, first: int, last: int) -> Iterator[str]:
    for row, values in enumerate(rows(sheet.range((first, 1), (last, _WIDE))), first):
        found = [match["pupil"] for value in values if isinstance(value, str) and (match := _KEY.fullmatch(value))]
        if found and seen(sheet, row):
            yield from found


def row_of(tracker: Table, pupil: str) -> int:
    """The row of a pupil on the Tracker, wherever it was sorted to.

    Raises:
        Stop: there is none, or more than one.
    """
    ids = tracker.values(layout.titles("tracker")["pupil_id"]) or []
    places = [at for at, value in enumerate(ids) if words_of(value) == pupil]
    if not places:
        raise Stop(f"Pupil {pupil} is not on the Tracker, so nothing was written.")
    if len(places) > 1:
        raise Stop(
            f"Pupil {pupil} is on the Tracker {len(places)} times. Take the copies out first; nothing was written."
        )
    return tracker.first + places[0]


def named(tracker: Table, pupil: str) -> str:
    """A pupil as the Tracker names them, for a question on the screen of the workbook: `2101 Mia Ash`."""
    row, known = row_of(tracker, pupil), layout.titles("tracker")
    columns = [tracker.column(known[key]) for key in ("forename", "surname")]
    names = [words_of(cell(tracker.sheet, row, column).value) for column in columns if column is not None]
    return " ".join([pupil, *filter(None, names)])


def tracker_of(book: BookLike) -> Table:
    """The Tracker.

    Raises:
        Stop: it is not there.
    """
    found = table(book, layout.table_name("tracker"))
    if found is None:
        raise Stop(NO_TRACKER)
    return found
