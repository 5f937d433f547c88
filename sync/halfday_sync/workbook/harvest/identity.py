"""Rows whose own cells contradict their key: ids pasted over others, or a part of a row moved away from its key.

What people typed in such a row may be about either pupil. It is left exactly as it is until somebody puts it right.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from halfday_sync.entries import ACTIONS, LETTERS, Edit, Problem
from halfday_sync.workbook.harvest.as_it_stands import Row, Sheeted
from halfday_sync.workbook.harvest.pupils import Ids
from halfday_sync.workbook.harvest.typed import visible
from halfday_sync.workbook.update.seen import key_text

_NAMES = ("surname", "forename")
_TOLD_APART = {ACTIONS: ("pupil_id", "action", "due"), LETTERS: ("pupil_id", "letter", "due")}
"""Tables whose rows Halfday adds, and the cells that tell which row is which."""
_THING = {ACTIONS: "action", LETTERS: "letter"}
_LISTED = 5
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that may be about either: its number, its key, and the key that its cells tell; whom those are about."""

    at: int
    key: str
    other: str
    by_key: str
    by_cells: str

    @property
    def keys(self) -> frozenset[str]:
        """The keys that the row may have."""
        return frozenset({self.key, self.other} - {""})


def wrong_names(
    rows: Sequence[Row], now: Sheeted, before: Sheeted | None, edits: Collection[Edit], ids: Ids
) -> list[Doubt]:
    """Rows of the Tracker with the names that were sent for another pupil, who has no row with these names.

    A copy of a pupil's row in which another ID was typed is no such row: the pupil's own one is still there.
    """
    columns = [name for name in _NAMES if name in now.at and before is not None and name in before.at]
    if before is None or len(columns) < len(_NAMES):
        return []
    sent = _names(before, columns, edits, ids)
    stands = {row.at: _words(now, row.at, columns) for row in rows}
    own = {row.key for row in rows if sent.get(row.key) == stands[row.at]}
    lost: dict[Words, list[str]] = {}
    for key, names in sent.items():
        if key not in own and any(names):
            lost.setdefault(names, []).append(key)
    found = []
    for row in rows:
        others = lost.get(stands[row.at], [])
        if row.pupil_id and not row.beside and row.key not in own and others:
            found.append(Doubt(row.at, row.key, others[0], row.key, others[0]))
    return found


def _names(before: Sheeted, columns: Sequence[str], edits: Collection[Edit], ids: Ids) -> dict[str, Words]:
    """The names of each pupil as they stood in the file: as they were sent, or as people had changed them."""
    changed = {(edit.key, edit.column): _word(edit.value) for edit in edits if edit.place == before.keyed.name}
    found = {}
    for raw, at in before.rows.items():
        key = ids.now(raw) or raw
        names = zip(columns, _words(before, at, columns), strict=True)
        found[key] = tuple(changed.get((key, column), word) for column, word in names)
    return found


def wrong_action(rows: Iterable[Row], now: Sheeted, before: Sheeted | None, ids: Ids) -> list[Doubt]:
    """Rows of Actions and Letters about another pupil than their key, or with the cells sent for another key."""
    if now.keyed.name not in _TOLD_APART:
        return []
    apart = _TOLD_APART[now.keyed.name]
    columns = [name for name in apart if name in now.at and (before is None or name in before.at)]
    sent = {ids.key(raw): _words(before, at, columns) for raw, at in before.rows.items()} if before else {}
    keys: dict[Words, str] = {words: key for key, words in sent.items() if len(columns) == len(apart) and all(words)}
    found = []
    for row in rows:
        words = _words(now, row.at, columns)
        shown = ids.now(now.cell(row.at, "pupil_id").value) if "pupil_id" in now.at else ""
        other = keys.get(words, "") if sent.get(row.key) != words else ""
        pupil_id = ids.now(row.pupil_id) or row.pupil_id
        if (other and other != row.key) or (shown and shown != pupil_id):
            found.append(Doubt(row.at, row.key, other, pupil_id, shown))
    return found


def _words(table: Sheeted, row: int, columns: Iterable[str]) -> Words:
    return tuple(_word(table.cell(row, column).value) for column in columns)


def _word(value: object) -> str:
    return visible(value) if isinstance(value, str) else key_text(value)  # type: ignore[arg-type]


def told(doubts: Sequence[Doubt], sheet: str, table: str) -> Iterator[Problem]:
    """What to put right, a sentence a row; after a few only how many more there are."""
    thing = _THING.get(table, "")
    for doubt in doubts[:_LISTED]:
        yield Problem(f"{sheet}, row {doubt.at}: {_why(doubt, sheet, thing)}", doubt.by_key)
    if len(doubts) > _LISTED:
        yield Problem(f"{sheet}: {len(doubts) - _LISTED} more rows are like that.")


def _why(doubt: Doubt, sheet: str, thing: str) -> str:
    alone = "Halfday leaves the row as it is and does not take over what was typed in it."
    if "|" not in doubt.key:
        return (
            f"this row is about {doubt.by_key} by its ID and about {doubt.by_cells} by its name. {alone} "
            "Put right the ID, or the name."
        )
    what = f"stands in the row of another {thing}"
    if doubt.by_cells and doubt.by_cells != doubt.by_key:
        what = f"is about {doubt.by_cells} and stands in a row about {doubt.by_key}"
    again = f"or put your words somewhere else and delete the row: {sheet} gets it again."
    return f"this {what}, since only a part of the row was moved. {alone} Undo that; {again}"
