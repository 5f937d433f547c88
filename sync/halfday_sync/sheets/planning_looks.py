"""Looks of what comes new: columns, headers, rows, drop-downs, widths. What is there keeps the looks it has. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from halfday_sync.sheets import looks, orders
from halfday_sync.sheets.model import ROW, Column, Page, Row
from halfday_sync.sheets.orders import COLUMNS, ROWS, Area, Json
from halfday_sync.sheets.planning_cells import Now
from halfday_sync.sheets.seen import HEADERS, KEY_COLUMN, KEYS, TITLE

_HIDDEN = {"hiddenByUser": True}


def of_a_tab(page: Page, now: Now) -> Iterator[Json]:
    """The looks of a tab that is made."""
    yield orders.dimension(page.sheet_id, ROWS, now.rows.at[KEYS], 1, **_HIDDEN)
    yield orders.dimension(page.sheet_id, COLUMNS, now.columns.at[KEY_COLUMN], 1, **_HIDDEN)
    for column in page.columns:
        yield from _of_a_column(page, now, column)
        yield from _of_formats(page, now, column)
    yield from _of_rows(page, now, [row for row in page.rows if row.look != ROW])


def of_what_is_new(page: Page, now: Now) -> Iterator[Json]:
    """The looks of rows and columns that come into a tab that is there: they would take after their neighbours."""
    for column in page.columns:
        if now.is_new((HEADERS, column.key)):
            yield orders.dimension(page.sheet_id, COLUMNS, now.columns.at[column.key], 1, hiddenByUser=False)
            yield from _of_a_column(page, now, column)
    for at, count in now.rows.new:
        yield orders.dimension(page.sheet_id, ROWS, at, count, hiddenByUser=False)
    yield from _of_own_rows(page, now)
    known = {row.key: row for row in page.rows}
    new = [known[place.key] for place in now.rows.places if place.was is None and place.key in known]
    columns = [column for column in page.columns if now.is_new((HEADERS, column.key))]
    special = [row for row in page.rows if columns and (row.look != ROW or row.formats)]
    yield from _of_rows(page, now, new)
    yield from _of_cells(page, now, [row for row in special if row not in new], columns)
    if new:
        yield from (one for column in page.columns for one in _choices(page, now, column))


def _of_own_rows(page: Page, now: Now) -> Iterator[Json]:
    """Looks of title and headers that people had deleted."""
    columns = {now.columns.at[column.key]: column for column in page.columns}
    for key in (TITLE, HEADERS):
        at = now.rows.at[key]
        if now.rows.places[at].was is None:
            own = {
                place: looks.header_look(one) if key == HEADERS else looks.title_look()
                for place, one in columns.items()
            }
            yield orders.looks(page.sheet_id, at, [[own.get(place, {}) for place in range(len(now.columns.places))]])


def _of_a_column(page: Page, now: Now, column: Column) -> Iterator[Json]:
    at, first = now.columns.at[column.key], now.rows.at[HEADERS] + 1
    yield orders.dimension(page.sheet_id, COLUMNS, at, 1, pixelSize=column.width)
    if column.hidden:
        yield orders.dimension(page.sheet_id, COLUMNS, at, 1, **_HIDDEN)
    area = Area(page.sheet_id, first, None, at, at + 1)
    yield orders.look(area, looks.row_look(ROW, column.format, column.owner))
    for key, look in ((TITLE, looks.title_look()), (HEADERS, looks.header_look(column))):
        row = now.rows.at[key]
        yield orders.look(Area(page.sheet_id, row, row + 1, at, at + 1), look)
    if column.help:
        yield orders.note(page.sheet_id, now.rows.at[HEADERS], at, column.help)
    yield from _choices(page, now, column)


def _of_formats(page: Page, now: Now, column: Column) -> Iterator[Json]:
    """Cells of a column with a format of their own, in rows that look as most do; equal neighbours together."""
    own = {
        now.rows.at[row.key]: name
        for row in page.rows
        if row.look == ROW and (name := row.formats.get(column.key, column.format)) != column.format
    }
    at = now.columns.at[column.key]
    for (name, _), rows in groupby(enumerate(sorted(own)), lambda place: (own[place[1]], place[1] - place[0])):
        several = [row for _, row in rows]
        area = Area(page.sheet_id, several[0], several[-1] + 1, at, at + 1)
        yield orders.look(area, looks.row_look(ROW, name, column.owner))


def _choices(page: Page, now: Now, column: Column) -> Iterator[Json]:
    if any(orders.is_only_text(word) for word in column.choices):
        at = now.columns.at[column.key]
        area = Area(page.sheet_id, now.rows.at[HEADERS] + 1, None, at, at + 1)
        yield orders.choices(area, column.choices)


def _of_rows(page: Page, now: Now, rows: Sequence[Row]) -> Iterator[Json]:
    """Looks of whole rows, neighbours together. A person's own column has the plain look there."""
    columns = {now.columns.at[column.key]: column for column in page.columns}
    by_place = {now.rows.at[row.key]: _row_looks(row, columns, len(now.columns.places)) for row in rows}
    for at, several in _neighbours(by_place):
        yield orders.looks(page.sheet_id, at, several)


def _row_looks(row: Row, columns: Mapping[int, Column], width: int) -> list[Json]:
    return [_cell_look(row, columns[at]) if at in columns else {} for at in range(width)]


def _cell_look(row: Row, column: Column) -> Json:
    return looks.row_look(row.look, row.formats.get(column.key, column.format), column.owner)


def _of_cells(page: Page, now: Now, rows: Sequence[Row], columns: Sequence[Column]) -> Iterator[Json]:
    """Looks of new columns' cells in rows that look otherwise than most."""
    for row in rows:
        for column in columns:
            at, left = now.rows.at[row.key], now.columns.at[column.key]
            yield orders.look(Area(page.sheet_id, at, at + 1, left, left + 1), _cell_look(row, column))


def _neighbours(rows: Mapping[int, list[Json]]) -> Iterator[tuple[int, list[list[Json]]]]:
    start, several = -1, list[list[Json]]()
    for at in sorted(rows):
        if several and at != start + len(several):
            yield start, several
            several = []
        start = start if several else at
        several.append(rows[at])
    if several:
        yield start, several
