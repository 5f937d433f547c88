"""Words that people typed on a page where no cell is theirs: they are found, so that they can be kept."""

from collections.abc import Collection, Iterator, Mapping

from halfday_sync.workbook.package import Package
from halfday_sync.workbook.update.own_page import OwnPage
from halfday_sync.workbook.update.seen import Cell, Sheet, Value, key_text, same


def open_columns(sent: Package, name: str) -> dict[str, frozenset[int]]:
    """The columns of each row that is about somebody in which people may type, by the key of the row.

    Args:
        sent: a workbook of our own builder.
        name: the page.
    """
    page = OwnPage.of(sent, name)
    if page is None:
        return {}
    keys = {row: key for key, row in page.keys.items()}
    found: dict[str, set[int]] = {}
    for row, column in page.cells:
        if row in keys and page.look((row, column)).is_open:
            found.setdefault(keys[row], set()).add(column)
    return {key: frozenset(columns) for key, columns in found.items()}


def loose(
    now: Sheet,
    sent: Sheet,
    theirs: Mapping[str, Collection[int]] | None = None,
    *,
    key_column: int = 0,
    rows: int = 1_048_576,
) -> tuple[str, ...]:
    """What people typed on a page outside the cells that are theirs, and what is nowhere on the page as it was sent.

    Args:
        now: the page as people left it.
        sent: the page as it was written last.
        theirs: the columns that are people's in rows about somebody, by key (`open_columns`).
        key_column: the hidden column of keys (0: the page has none).
        rows: only cells up to this row are in question; those below stay where they are.
    """
    theirs = theirs or {}
    right = max((column for _row, column in sent.cells), default=0)
    texts = {_plain(cell.value) for cell in sent.cells.values() if isinstance(cell.value, str)}
    before = {key_text(cell.value): row for (row, column), cell in sent.cells.items() if column == key_column}
    found: dict[str, None] = {}
    for (row, column), cell in sorted(now.cells.items()):
        if column > right or row > rows or column == key_column:
            continue
        key = key_text(now.at(row, key_column).value) if key_column else ""
        if column in theirs.get(key, ()):
            continue
        was = sent.at(before.get(key, row) if key else row, column)
        found |= dict.fromkeys(_typed(cell, was, texts))
    return tuple(found)


def _typed(cell: Cell, was: Cell, texts: Collection[str]) -> Iterator[str]:
    if cell.formula:
        # Programs write the same formula in different ways: where one was sent, one is expected.
        if not was.formula:
            yield f"={cell.formula}"
        return
    if same(cell.value, was.value) or cell.value in {None, ""}:
        return
    text = _shown(cell.value)
    if text and not (isinstance(cell.value, str) and _plain(text) in texts):
        yield text


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return key_text(value) if not isinstance(value, float) or value == int(value) else f"{value:g}"


def _plain(value: Value) -> str:
    return str(value).replace("\r\n", "\n").strip()
