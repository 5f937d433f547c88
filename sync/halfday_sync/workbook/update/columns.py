"""Columns that a new design of the workbook has and the table people work in lacks: added at its right end.

Nothing of theirs is moved. The cells themselves are written with the rest of the plan; here are the table's own list of
columns, and the column's width, drop-down and colours.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.lint_sheet import Box, box
from halfday_sync.workbook.package import MAIN, Package
from halfday_sync.workbook.update.cell import read
from halfday_sync.workbook.update.column_looks import ColumnLooks, Looks, with_rows_of
from halfday_sync.workbook.update.markup import (
    Splice,
    attribute,
    counted,
    parsed,
    spliced,
    with_children,
)
from halfday_sync.workbook.update.naming import translator
from halfday_sync.workbook.update.pair import Pair
from halfday_sync.workbook.update.part_edits import attribute_edit, text
from halfday_sync.workbook.update.reading import seen
from halfday_sync.workbook.update.rows import SheetRows, cells
from halfday_sync.workbook.update.seen import Table

_MOST_COLUMNS = 16_384
_SAME: Mapping[str, str] = MappingProxyType({})


def new_places(table: Table, titles: Sequence[str]) -> dict[str, int]:
    """Where new columns of a table will stand, by title; columns count from 1."""
    return {title: table.right + n for n, title in enumerate(titles, 1)}


def with_columns(
    now: Package,
    fresh: Package,
    table_now: Table,
    table_fresh: Table,
    titles: Sequence[str],
    looks: Looks,
    renamed: Mapping[str, str] = _SAME,
) -> dict[str, bytes]:
    """The table's part and its sheet with new columns at the right end; call it before the table grows downwards.

    Args:
        now: the workbook people work in, and `table_now` the table in it.
        fresh: the workbook of the new design.
        table_now: the table in the one.
        table_fresh: the table in the other.
        titles: headers of the new columns, as in the fresh workbook.
        looks: gives the formats of the fresh workbook in the one people work in; its `data` is a part to be put back.
        renamed: how people call columns that the fresh workbook calls otherwise, by the fresh header.

    Raises:
        SafetyError: something stands in the way; every such cell is named.
    """
    if not titles:
        return {}
    places = new_places(table_now, titles)
    _refuse_if_taken(now, table_now, places)
    pair = Pair(now, fresh, table_now, table_fresh, {**renamed, **{title: title for title in titles}}, places)
    sheet, part = ColumnLooks(pair, looks), dict(now.sheets)[table_now.sheet]
    return {
        table_now.part: _table_part(pair, titles),
        part: with_rows_of(now.parts[part], table_now.sheet, lambda data: sheet.with_new(data, titles)),
    }


def new_word_colours(
    now: Package,
    fresh: Package,
    sent: Package | None,
    table_now: Table,
    table_fresh: Table,
    looks: Looks,
    renamed: Mapping[str, str] = _SAME,
) -> dict[str, bytes]:
    """The table's sheet with colours for words that the fresh workbook has and the one sent last had not.

    A colour that people took away stays away: it was there when the workbook was sent. A word that has a colour in its
    column now keeps that.

    Args:
        now: the workbook people work in.
        fresh: the workbook as Halfday would make it.
        sent: the workbook as Halfday wrote it last; none where that is not known.
        table_now: the table in the one people work in.
        table_fresh: the table in the fresh one.
        looks: gives the formats of the fresh workbook in the one people work in.
        renamed: how people call columns that the fresh workbook calls otherwise, by the fresh header.
    """
    table_sent = seen(sent).tables.get(table_fresh.name) if sent else None
    pair = Pair(now, fresh, table_now, table_fresh, renamed, {})
    known = set(Pair(sent, sent, table_sent, table_sent, {}, {}).words()) if sent and table_sent else set()
    new = [word for word in pair.words() if word not in known]
    if not new:
        return {}
    part = dict(now.sheets)[table_now.sheet]
    sheet, old = ColumnLooks(pair, looks), now.parts[part]
    data = with_rows_of(old, table_now.sheet, lambda xml: sheet.with_words(xml, new))
    return {part: data} if data != old else {}


def _refuse_if_taken(now: Package, table: Table, places: Mapping[str, int]) -> None:
    part = dict(now.sheets)[table.sheet]
    wanted = Box(table.right + 1, table.top, table.right + len(places), table.bottom)
    taken = list(_taken(now, part, table, wanted))
    if wanted.right > _MOST_COLUMNS:
        raise SafetyError(f"{table.sheet}: there is no room for more columns at the right end of the sheet.")
    if taken:
        raise SafetyError(
            f"{table.sheet}: {', '.join(places)} would stand right of the table, where something else stands.",
            problems=taken,
            now=f"Move it away from {_named(wanted)}, save, and run again.",
        )


def _taken(now: Package, part: str, table: Table, wanted: Box) -> Iterator[str]:
    for at, row in SheetRows.of(now.parts[part], table.sheet).rows.items():
        for column, xml in cells(row) if wanted.top <= at <= wanted.bottom else ():
            if wanted.left <= column <= wanted.right:
                cell = read(xml, now.strings)
                if cell.formula or cell.value not in (None, ""):
                    yield f"{letters(column - 1)}{at} is not empty"
    for merged in now.trees[part].iter(f"{MAIN}mergeCell"):
        if box(merged.get("ref", "")).meets(wanted):
            yield f"{merged.get('ref')} is one merged cell"
    for other in seen(now).tables.values():
        area = Box(other.left, other.top, other.right, other.bottom)
        if other.sheet == table.sheet and other.name != table.name and area.meets(wanted):
            yield f"{_named(area)} is the table {other.name}"


def _named(area: Box) -> str:
    return f"{letters(area.left - 1)}{area.top}:{letters(area.right - 1)}{area.bottom}"


def _table_part(pair: Pair, titles: Sequence[str]) -> bytes:
    data, table = pair.now.parts[pair.table.part], pair.table
    root = parsed(data, table.part, "table")
    columns = root.first("tableColumns")
    if columns is None:
        raise SafetyError(f"{table.sheet}: the table {table.name} has no list of its columns.")
    ids = [int(column.attributes.get("id", 0)) for column in columns.children]
    new = b"".join(_column(pair, title, max(ids) + n) for n, title in enumerate(titles, 1))
    grown = counted(with_children(columns.of(data), "tableColumns", new), len(titles))
    corner = f"{letters(table.left - 1)}{table.top}:{letters(table.right + len(titles) - 1)}"
    edits = [Splice(columns.start, columns.end, grown)]
    edits += attribute_edit(data, root, "ref", lambda _old: f"{corner}{table.bottom}")
    if (filters := root.first("autoFilter")) is not None:
        edits += attribute_edit(data, filters, "ref", lambda _old: f"{corner}{table.bottom - table.totals}")
    return spliced(data, edits)


def _column(pair: Pair, title: str, number: int) -> bytes:
    start = f'<tableColumn id="{number}" name="{attribute(title)}"'
    formula = _own_formula(pair, title)
    if not formula:
        return f"{start}/>".encode()
    said = translator({}, {pair.fresh_table.name: pair.renamed})
    own = attribute(said(formula)).replace("&quot;", '"')
    return f"{start}><calculatedColumnFormula>{own}</calculatedColumnFormula></tableColumn>".encode()


def _own_formula(pair: Pair, title: str) -> str:
    """The formula that the fresh table keeps for every row of a column."""
    data = pair.fresh.parts[pair.fresh_table.part]
    columns = parsed(data, pair.fresh_table.part, "table", depth=4).first("tableColumns")
    for column in columns.children if columns is not None else ():
        formula = column.first("calculatedColumnFormula")
        if column.attributes.get("name") == title and formula is not None:
            return text(data, formula)
    return ""
