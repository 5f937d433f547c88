"""Rows of Contacts and Decisions that are not where they should be: deleted, taken back unsent, below their table."""

from collections.abc import Collection, Iterator

from halfday_sync.entries import Problem
from halfday_sync.workbook.harvest.as_it_stands import Reading, Sheeted
from halfday_sync.workbook.harvest.known import Known
from halfday_sync.workbook.harvest.pupils import Ids


def gone(reading: Reading, known: Known, ids: Ids) -> Iterator[str]:
    """Rows that were sent, are known, and are there no more."""
    place = reading.keyed.name
    there = {row.key for row in reading.rows}
    for key in _sent(reading, ids):
        if key not in there and known.row(place, key):
            yield key
            there.add(key)


def unsent(reading: Reading, waiting: Collection[str], known: Known, ids: Ids) -> Iterator[str]:
    """Rows that the store knows and that neither were sent nor are there.

    A run read them and then could not write. Whatever else the store knows was sent with the file, but for rows that
    wait for room; so people have taken these back since. In an earlier copy that was put back they are of a later one.
    """
    if reading.before is None or known.is_older:
        return
    elsewhere = {row.key for row in reading.rows} | _sent(reading, ids).keys() | {*waiting}
    for place, key in known.rows:
        if place == reading.keyed.name and key not in elsewhere:
            yield key


def _sent(reading: Reading, ids: Ids) -> dict[str, int]:
    """The rows that were sent, by the keys that they have now, in their order."""
    return {ids.key(raw): at for raw, at in reading.before.rows.items()} if reading.before else {}


def below(table: Sheeted) -> Iterator[Problem]:
    """Lines directly below a table: it did not grow as people went on typing, as in LibreOffice."""
    columns = [place.at for _name, place, _column in table.staff]
    first = last = table.table.bottom + 1
    while any(table.sheet.at(last, at).value not in (None, "") for at in columns):
        last += 1
    if last - first == 1:
        where, them = f"row {first}: this stands", "it"
    elif last > first:
        where, them = f"rows {first} to {last - 1}: these stand", "them"
    else:
        return
    words = f"{table.table.sheet}, {where} below the list, so Halfday does not read {them}."
    yield Problem(f"{words} Move {them} into the list.")
