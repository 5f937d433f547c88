"""Which row and which column is which, whatever people did: renamed, copied, moved, or without its key. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from halfday_sync.sheets.cells import Plain, plain
from halfday_sync.sheets.model import AGENT, SLT, Cells, Page
from halfday_sync.sheets.planning_lines import Line, line
from halfday_sync.sheets.seen import HEADERS, KEY_COLUMN, KEYS, TITLE, Tab

OWN_ROWS = (KEYS, TITLE, HEADERS)
"""Rows that every tab has."""

_LIKE_OURS = 2
"""A row without a key that holds words in so many of Halfday's columns may be one of ours."""


@dataclass(frozen=True)
class Found:
    """The rows and columns of a tab.

    Attributes:
        rows, columns: as they will stand.
        kept: keys of rows that nobody wants any more, but that stay.
        cleared: a row that would go, but is the last one below the headers: where it stands now.
        told: what people should know.
    """

    rows: Line
    columns: Line
    kept: tuple[str, ...] = ()
    cleared: int | None = None
    told: tuple[str, ...] = ()


def found(page: Page, tab: Tab, sent: Cells, renamed: Mapping[str, str]) -> Found:
    """The rows and columns of a page's tab, and what becomes of them.

    Args:
        page: the tab as it should be.
        tab: as it is now.
        sent: what was sent to it last, under the keys of today.
        renamed: keys of rows that are called otherwise now.
    """
    columns = _columns(page, tab, sent)
    keys = _todays(tab, renamed)
    again = lost_rows(tab, sent, keys)
    keys |= again
    wanted = [*OWN_ROWS, *(row.key for row in page.rows)]
    unwanted = {row: key for row, key in keys.items() if key not in set(wanted)}
    going = set() if page.keeps_rows else {row for row in unwanted if not _has_words(page, tab, row)}
    kept = tuple(key for row, key in unwanted.items() if row not in going)
    rows, cleared = line(tab.row_count, keys, wanted, going), None
    if going and len(rows.places) <= tab.frozen_rows:
        cleared = max(going)  # Google keeps one row below the frozen ones
        rows = line(tab.row_count, {row: key for row, key in keys.items() if row != cleared}, wanted, going - {cleared})
    told = (
        *_columns_told(page, tab, columns, sent),
        *_rows_told(page, tab, again),
        *(_stay(page, len(kept)) if kept and not page.keeps_rows else ()),
    )
    return Found(rows, columns, kept, cleared, told)


# Rows -----------------------------------------------------------------------------------------------------------------


def lost_rows(tab: Tab, sent: Cells, keys: Mapping[int, str] | None = None) -> dict[int, str]:
    """Rows without a key whose cells say which one they are: exactly those that one missing row was sent with.

    Args:
        tab: the tab as it is now.
        sent: what was sent to it last.
        keys: of the rows that have one; None: as they stand there.
    """
    there = set((tab.row_keys if keys is None else keys).values())
    columns = {key: tab.column_of[key] for key in owned(sent, AGENT) if key in tab.column_of}
    missing: dict[str, dict[str, Plain]] = {}
    for (row, key), value in sent.items():
        if row not in there and key in columns and (held := _rounded(plain(value))) is not None:
            missing.setdefault(row, {})[key] = held
    if not missing:
        return {}
    names = {row: frozenset(cells.items()) for row, cells in missing.items()}
    without = [row for row in range(tab.key_row + 1, len(tab.rows)) if row not in tab.row_keys]
    says = {row: _words(tab, row, columns) for row in without}
    times, places = Counter(names.values()), Counter(says.values())
    by_words = {words: key for key, words in names.items() if times[words] == 1}
    return {row: by_words[words] for row, words in says.items() if words in by_words and places[words] == 1}


def strayed_rows(tab: Tab, sent: Cells) -> tuple[int, ...]:
    """Rows whose words are those of another row: they were sorted or moved without their hidden key.

    Nobody can say then whom the answers are about that stand there: they may have moved along, or not. Some columns
    may have moved and others not, so what counts is what a row says otherwise than it did.

    Args:
        tab: the tab as it is now.
        sent: what was sent to it last.
    """
    columns = {key: tab.column_of[key] for key in owned(sent, AGENT) if key in tab.column_of}
    if not owned(sent, SLT) or not columns:
        return ()
    were: dict[str, dict[str, Plain]] = {}
    said: dict[tuple[str, Plain], set[str]] = {}
    for (row, key), value in sent.items():
        if row not in OWN_ROWS and key in columns and (held := _rounded(plain(value))) is not None:
            were.setdefault(row, {})[key] = held
            said.setdefault((key, held), set()).add(row)
    rows = {row: key for key, row in tab.row_of.items() if key in were}
    words = {row: _words(tab, row, columns) for row in rows}
    new = {row: words[row] - were[key].items() for row, key in rows.items()}
    times = Counter(frozenset(cells.items()) for cells in were.values())
    return tuple(
        row
        for row, cells in new.items()
        if cells and (times[words[row]] == 1 or (len(cells) >= _LIKE_OURS and len(_who_said(cells, said)) == 1))
    )


def _who_said(words: Collection[tuple[str, Plain]], said: Mapping[tuple[str, Plain], Collection[str]]) -> set[str]:
    """The rows of which all these words were."""
    return set.intersection(*(set(said.get(one, ())) for one in words))


def owned(sent: Cells, owner: str) -> frozenset[str]:
    """The columns that were Halfday's, or SLT's, when a tab was sent last."""
    return frozenset(key for (row, key), who in sent.items() if row == KEYS and who == owner)


def _words(tab: Tab, row: int, columns: Mapping[str, int]) -> frozenset[tuple[str, Plain]]:
    cells = {key: tab.at(row, column) for key, column in columns.items()}
    return frozenset((key, _rounded(cell.value)) for key, cell in cells.items() if cell.value is not None)


def _rounded(value: Plain) -> Plain:
    """A figure to as many digits as travel for certain."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _todays(tab: Tab, renamed: Mapping[str, str]) -> dict[int, str]:
    """The key of every row that has one, as it is called today; a copy of a row has none."""
    keys = {row: key for key, row in tab.row_of.items()}
    taken = set(tab.row_of)
    for row, key in keys.items():
        new = renamed.get(key, key)
        if new not in taken:
            taken.add(new)
            keys[row] = new
    return keys


def _has_words(page: Page, tab: Tab, row: int) -> bool:
    """Whether people wrote something in a row: in a column of theirs, or a note anywhere."""
    ours = {tab.column_of.get(column.key, -1) for column in page.columns if column.owner == AGENT} | {tab.key_column}
    cells = tab.rows[row] if row < len(tab.rows) else ()
    return any(cell.note or (cell.value is not None and at not in ours) for at, cell in enumerate(cells))


def _rows_told(page: Page, tab: Tab, again: Mapping[int, str]) -> Iterator[str]:
    if again:
        which = (
            "1 row had lost its hidden key and has"
            if len(again) == 1
            else f"{len(again)} rows had lost theirs and have"
        )
        yield f"{page.title}: {which} it again."
    copies = sorted(row + 1 for row in tab.copied_rows)
    if copies:
        yield (
            f"{page.title}: {_rows(copies)} a copy of another row and is not kept up to date. "
            "Delete it once nobody needs it."
        )
    ours = [
        tab.column_of[column.key] for column in page.columns if column.owner == AGENT and column.key in tab.column_of
    ]
    headers = tab.row_of.get(HEADERS, tab.key_row + 2)
    lost = [
        row + 1
        for row in range(headers + 1, len(tab.rows))
        if row not in tab.row_keys
        and row not in again
        and sum(tab.at(row, column).value is not None for column in ours) >= _LIKE_OURS
    ]
    if lost:
        yield (
            f"{page.title}: {_rows(lost)} without its hidden key and is not kept up to date. "
            "Copy what you wrote there to the row that is, and delete it."
        )


def _rows(several: Collection[int]) -> str:
    named = ", ".join(map(str, list(several)[:10]))
    return f"row {named} is" if len(several) == 1 else f"each of the rows {named}{' …' if len(several) > 10 else ''} is"


def _stay(page: Page, count: int) -> Iterator[str]:
    which = "1 row that is done with stays" if count == 1 else f"{count} rows that are done with stay"
    yield f"{page.title}: {which}, since people wrote there. Halfday's cells in it are empty."


# Columns --------------------------------------------------------------------------------------------------------------


def _columns(page: Page, tab: Tab, sent: Cells) -> Line:
    """Columns by key. One of Halfday's that no page wants any more goes: it may be hidden from SLT since.

    One with a key that Halfday never sent is people's: they typed into the hidden row of the keys.
    """
    wanted = [KEY_COLUMN, *(column.key for column in page.columns)]
    keys = {at: key for key, at in tab.column_of.items()}
    ours = owned(sent, AGENT)
    known = ours | owned(sent, SLT)  # nothing: nobody can say whose a column is that has a key
    going = {at for at, key in keys.items() if key not in wanted and (key in ours or not known)}
    return line(tab.column_count, keys, wanted, going)


def _columns_told(page: Page, tab: Tab, columns: Line, sent: Cells) -> Iterator[str]:
    known = {key for row, key in sent if row == KEYS}
    for column in page.columns:
        if column.key in known and column.key not in tab.column_of:
            yield f"{page.title}: the column “{column.title}” was deleted in the sheet and has been put back."
    if columns.gone:
        which = "1 column" if len(columns.gone) == 1 else f"{len(columns.gone)} columns"
        yield f"{page.title}: {which} that the copy does not show any more went."
    copies = [at for at, key in tab.column_keys.items() if tab.column_of[key] != at]
    if copies:
        which = "1 column is" if len(copies) == 1 else f"{len(copies)} columns are"
        yield f"{page.title}: {which} a copy of another one and is not kept up to date."
