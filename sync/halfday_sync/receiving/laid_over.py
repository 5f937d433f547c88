"""A snapshot's marks laid over the known ones, session by session, at the speed of `bytes`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from halfday.register import Register, SessionKey
from halfday_sync.store.columns import alignment


@dataclass(frozen=True)
class LaidOver:
    """Known and told marks in the same columns.

    Attributes:
        ids: the pupil of each column; those known come first.
        known: how many columns are of pupils who were known.
        rows: by session, in order: (code ids known, code ids told), 0 for none.
    """

    ids: tuple[str, ...]
    known: int
    rows: Mapping[SessionKey, tuple[bytes, bytes]]

    @property
    def columns(self) -> dict[str, int]:
        """The column of each pupil."""
        return {pupil_id: index for index, pupil_id in enumerate(self.ids)}


def laid_over(known: Register, told: Register, same: Iterable[tuple[str, str]]) -> LaidOver:
    """Every session that either has. A child under (another id, this id) is known under both."""
    ids = tuple(dict.fromkeys((*known.pupils, *told.pupils)))
    columns = {pupil_id: index for index, pupil_id in enumerate(ids)}
    nothing, align = bytes(len(ids)), alignment(told.pupils, columns)
    carried = [(columns[old], columns[new]) for old, new in same if old in columns and new in columns]
    were = dict(zip(known.sessions, known.rows, strict=True))
    now = dict(zip(told.sessions, told.rows, strict=True))
    rows = {}
    for key in sorted({*were, *now}):
        was = were.get(key, b"").ljust(len(ids), b"\0")
        rows[key] = (_carried(was, carried) if carried else was, align(now[key], nothing) if key in now else nothing)
    return LaidOver(ids, len(known.pupils), rows)


def _carried(row: bytes, columns: list[tuple[int, int]]) -> bytes:
    """A row in which the new id's column says what the old one's did, where it says nothing of its own."""
    changed = bytearray(row)
    for old, new in columns:
        changed[new] = changed[new] or row[old]
    return bytes(changed)


def changed_marks(laid: LaidOver) -> Iterator[tuple[SessionKey, str, int, int]]:
    """(session, pupil, code id before, code id now) wherever something else is told than is known; 0 before: none."""
    for key, (was, now) in laid.rows.items():
        if was != now and any(now):
            for column, (old, new) in enumerate(zip(was, now, strict=True)):
                if new and new != old:
                    yield key, laid.ids[column], old, new
