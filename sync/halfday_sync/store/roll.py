"""The roll: who is on it, what is known about each, and what was known before."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from operator import attrgetter

from halfday.register import FLAGS, Pupil
from halfday_sync.store import digests
from halfday_sync.store.rows import KeptFlag, Picture, PupilVersion, Vanished, day, iso, moment
from halfday_sync.store.same_child import may_be_one

FIELDS = tuple(field.name for field in fields(Pupil))
_VALUES = attrgetter(*FIELDS)
_DATE_AT = tuple(FIELDS.index(name) for name in digests.DATES)
_FLAG_AT = tuple(FIELDS.index(name) for name in FLAGS)
_LIST = ", ".join(FIELDS)
_MARKS = ", ".join("?" * len(FIELDS))


@dataclass(frozen=True)
class RollChanges:
    """The columns of all pupils after a snapshot, and what it changed on the roll."""

    columns: dict[str, int]
    known: int
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    details: int = 0

    @property
    def unchanged(self) -> bool:
        """Whether the roll is as it was."""
        return not (self.joined or self.left or self.details) and self.known == len(self.columns)


def acknowledge(db: sqlite3.Connection, picture: Picture, digest: str, at: str) -> RollChanges:
    """Takes in the pupils of a snapshot; `digest` is the fingerprint of their list."""
    columns = {row[0]: index for index, row in enumerate(db.execute("SELECT pupil_id FROM pupil ORDER BY col"))}
    strangers = [pupil_id for pupil_id in picture.register.pupils if pupil_id not in columns]
    if digests.same_as_last(db, "roll digest", digest) and not strangers:
        return RollChanges(columns, len(columns))
    return _compare(db, picture, columns, at)


def _compare(db: sqlite3.Connection, picture: Picture, columns: dict[str, int], at: str) -> RollChanges:
    known = len(columns)
    stored = {row[0]: row for row in db.execute(f"SELECT {_LIST}, unlisted FROM pupil")}  # noqa: S608 our own names
    joined, details = [], 0
    for pupil_id, pupil in {pupil.pupil_id: pupil for pupil in picture.pupils}.items():
        before = stored.get(pupil_id)
        values = _values(pupil)
        if before is None:
            columns[pupil_id] = len(columns)
            _insert(db, columns[pupil_id], values, None, at)
            joined.append(pupil_id)
            continue
        if not picture.complete:
            # What an incomplete snapshot leaves blank it has not told; it takes nothing away.
            values = tuple(old if new is None or new == "" else new for old, new in zip(before, values, strict=False))
        if values != before[:-1] or before[-1] is not None:
            _change(db, columns[pupil_id], values, None, at)
            details += values != before[:-1]
            joined += [pupil_id] * (before[-1] is not None)
    joined += _strangers(db, picture, columns, at)
    left = _leave(db, picture, stored, columns, at)
    return RollChanges(columns, known, tuple(joined), left, details)


def _strangers(db: sqlite3.Connection, picture: Picture, columns: dict[str, int], at: str) -> list[str]:
    """Gives a column to pupils whom only the marks name. Left out by a complete list, they are not on roll."""
    strangers = [pupil_id for pupil_id in picture.register.pupils if pupil_id not in columns]
    left_out = bool(picture.complete and picture.pupils)
    for pupil_id in strangers:
        columns[pupil_id] = len(columns)
        _insert(db, columns[pupil_id], _values(Pupil(pupil_id)), at if left_out else None, at)
    return [] if left_out else strangers


def _leave(
    db: sqlite3.Connection, picture: Picture, stored: dict[str, tuple[object, ...]], columns: dict[str, int], at: str
) -> tuple[str, ...]:
    """Pupils whom a complete list no longer names. An empty list names nobody and says nothing."""
    if not picture.complete or not picture.pupils:
        return ()
    listed = {pupil.pupil_id for pupil in picture.pupils}
    left = tuple(pupil_id for pupil_id, row in stored.items() if pupil_id not in listed and row[-1] is None)
    for pupil_id in left:
        _change(db, columns[pupil_id], stored[pupil_id][:-1], at, at)
    return left


def _values(pupil: Pupil) -> tuple[object, ...]:
    values = list(_VALUES(pupil))
    for index in _DATE_AT:
        values[index] = iso(values[index])
    return tuple(values)


def _insert(db: sqlite3.Connection, column: int, values: tuple[object, ...], unlisted: str | None, at: str) -> None:
    db.execute(
        f"INSERT INTO pupil (col, {_LIST}, first_seen, since, unlisted) VALUES (?, {_MARKS}, ?, ?, ?)",  # noqa: S608 our own names
        (column, *values, at, at, unlisted),
    )


def _change(db: sqlite3.Connection, column: int, values: tuple[object, ...], unlisted: str | None, at: str) -> None:
    """Puts the present row into the history and the new one in its place."""
    db.execute(
        f"INSERT INTO pupil_history (col, {_LIST}, since, unlisted, until) "  # noqa: S608 our own names
        f"SELECT col, {_LIST}, since, unlisted, ? FROM pupil WHERE col = ?",
        (at, column),
    )
    db.execute(
        f"UPDATE pupil SET ({_LIST}, since, unlisted) = ({_MARKS}, ?, ?) WHERE col = ?",  # noqa: S608 our own names
        (*values, at, unlisted, column),
    )


def _pupil(row: tuple[object, ...]) -> Pupil:
    values = list(row[: len(FIELDS)])
    for index in _DATE_AT:
        values[index] = day(values[index])  # type: ignore[arg-type]
    for index in _FLAG_AT:
        values[index] = None if values[index] is None else bool(values[index])
    return Pupil(*values)  # type: ignore[arg-type]


def pupils(db: sqlite3.Connection, on: date | None) -> tuple[Pupil, ...]:
    """Everyone ever seen, in column order; or those on roll on a date."""
    rows = db.execute(f"SELECT {_LIST}, unlisted FROM pupil ORDER BY col").fetchall()  # noqa: S608 our own names
    if on is None:
        return tuple(_pupil(row) for row in rows)
    # A pupil who vanished from the list without a leaving date counts as on roll until the day before that was seen.
    gone = on.isoformat()
    here = (_pupil(row) for row in rows if row[-1] is None or gone < row[-1][:10])
    return tuple(pupil for pupil in here if pupil.on_roll(on))


def history(db: sqlite3.Connection, pupil_id: str) -> tuple[PupilVersion, ...]:
    """Every version of a pupil's row, oldest first."""
    query = f"SELECT {_LIST}, since, unlisted, {{}} FROM {{}} WHERE pupil_id = ? ORDER BY {{}}"  # noqa: S608 our own names
    past = db.execute(query.format("until", "pupil_history", "id"), (pupil_id,)).fetchall()
    now = db.execute(query.format("NULL", "pupil", "col"), (pupil_id,)).fetchall()
    return tuple(
        PupilVersion(_pupil(row), datetime.fromisoformat(since), moment(until), unlisted is None)
        for row in past + now
        for since, unlisted, until in [row[len(FIELDS) :]]
    )


def clear_flag(db: sqlite3.Connection, pupil_id: str, field: str, at: str) -> None:
    """Makes a flag of a pupil no, as a person says; what was believed before stays in the history."""
    row = db.execute(f"SELECT col, unlisted, {_LIST} FROM pupil WHERE pupil_id = ?", (pupil_id,)).fetchone()  # noqa: S608
    if row is None:
        return
    column, gone, *values = row
    values[FIELDS.index(field)] = 0
    _change(db, column, tuple(values), gone, at)


def take_back_leaving(db: sqlite3.Connection, pupil_id: str, at: str) -> None:
    """Takes a leaving date away; what was believed before stays in the history."""
    row = db.execute(f"SELECT col, unlisted, {_LIST} FROM pupil WHERE pupil_id = ?", (pupil_id,)).fetchone()  # noqa: S608
    column, gone, *values = row
    values[FIELDS.index("end_date")] = None
    _change(db, column, tuple(values), gone, at)


def came_back(db: sqlite3.Connection, since: str) -> tuple[tuple[str, date], ...]:
    """Pupils whose leaving date was taken back since a moment, with that date."""
    rows = db.execute(
        "SELECT p.pupil_id, max(h.end_date) FROM pupil p JOIN pupil_history h ON h.col = p.col "
        "WHERE h.end_date < substr(h.until, 1, 10) AND p.end_date IS NULL AND p.unlisted IS NULL AND h.until > ? "
        "GROUP BY p.pupil_id ORDER BY p.col",
        (since,),
    )
    return tuple((who, date.fromisoformat(end)) for who, end in rows)


def away(db: sqlite3.Connection) -> dict[str, tuple[tuple[date, date], ...]]:
    """First and last day of the times in which pupils had left, as was believed then, and came back."""
    found: dict[str, tuple[tuple[date, date], ...]] = {}
    for who, end, gone, until in db.execute(
        "SELECT pupil_id, end_date, substr(unlisted, 1, 10), substr(until, 1, 10) FROM pupil_history "
        "WHERE end_date < substr(until, 1, 10) OR unlisted IS NOT NULL ORDER BY id"
    ):
        first = date.fromisoformat(end) + timedelta(days=1) if end else date.fromisoformat(gone)
        found[who] = (*found.get(who, ()), (first, date.fromisoformat(until) - timedelta(days=1)))
    return found


def flags_ended(db: sqlite3.Connection, since: str) -> tuple[KeptFlag, ...]:
    """Flags that were yes of a pupil and are not any more, since a moment; who is on the list only."""
    found = []
    for name in FLAGS:
        rows = db.execute(
            f"SELECT p.pupil_id, max(h.until) FROM pupil p JOIN pupil_history h ON h.col = p.col "  # noqa: S608
            f"WHERE h.{name} = 1 AND coalesce(p.{name}, 0) = 0 AND p.unlisted IS NULL AND h.until > ? "
            "GROUP BY p.pupil_id ORDER BY p.col",
            (since,),
        )
        found += [KeptFlag(who, name, datetime.fromisoformat(until).date()) for who, until in rows]
    return tuple(found)


def unlisted(db: sqlite3.Connection) -> frozenset[str]:
    """Pupils whom the last complete snapshot no longer names."""
    return frozenset(row[0] for row in db.execute("SELECT pupil_id FROM pupil WHERE unlisted IS NOT NULL"))


def vanished(db: sqlite3.Connection) -> tuple[Vanished, ...]:
    """Pupils whom the last complete snapshot no longer names, and who have no leaving date; who went last comes first.

    Somebody whom the marks alone ever named (another school's guest, say) is not among them: no list ever had them.
    """
    rows = db.execute(
        "SELECT pupil_id, unlisted FROM pupil WHERE unlisted > first_seen AND end_date IS NULL "
        "ORDER BY unlisted DESC, col"
    )
    return tuple(Vanished(pupil_id, datetime.fromisoformat(gone).date()) for pupil_id, gone in rows)


def shared_upns(db: sqlite3.Connection) -> tuple[tuple[str, ...], ...]:
    """Ids on the list that have one UPN between them."""
    holders: dict[str, list[str]] = {}
    for pupil_id, upn in db.execute(
        "SELECT pupil_id, upn FROM pupil WHERE upn <> '' AND unlisted IS NULL AND end_date IS NULL ORDER BY col"
    ):
        holders.setdefault(upn, []).append(pupil_id)
    return tuple(tuple(ids) for ids in holders.values() if len(ids) > 1)


# Pupils whose id changed ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A pupil as the roll stands, and whether the last complete snapshot named them."""

    pupil: Pupil
    listed: bool = True


def moved(people: Iterable[Standing], recorded: Mapping[str, str], on: date | None) -> dict[str, str]:
    """The ids that pupils have now, by each id they had: the same UPN, the old id gone, the new one on roll.

    A UPN is blank unless it is a right one: the sources see to that. Where a UPN leads to two pupils on roll, or the
    dates of birth differ, nothing is said about it: better no move than one to the wrong child.

    Args:
        people: everyone ever seen.
        recorded: moves that were found before, also those whose UPN has been changed since.
        on: the day as of which somebody is on roll; without one, who is listed.
    """
    people = tuple(people)
    here = {one.pupil.pupil_id for one in people if _is_here(one, on)}
    holders: dict[str, list[Pupil]] = {}
    for one in people:
        if one.pupil.upn and one.pupil.pupil_id in here:
            holders.setdefault(one.pupil.upn, []).append(one.pupil)
    step = {old: new for old, new in recorded.items() if old not in here}
    for one in people:
        found = holders.get(one.pupil.upn, []) if _is_gone(one, on) else []
        if len(found) == 1 and may_be_one(one.pupil, found[0]):
            step[one.pupil.pupil_id] = found[0].pupil_id
    return {old: _end(old, step) for old in step}


def _is_here(one: Standing, on: date | None) -> bool:
    return one.listed and (one.pupil.on_roll(on) if on else one.pupil.end_date is None)


def _is_gone(one: Standing, on: date | None) -> bool:
    end = one.pupil.end_date
    return not one.listed or (end is not None and (on is None or end < on))


def _end(old: str, step: Mapping[str, str]) -> str:
    """Where a chain of moves ends. There are no circles: a move to an id takes back the moves away from it."""
    while old in step:
        old = step[old]
    return old


def standing(db: sqlite3.Connection) -> tuple[Standing, ...]:
    """Everyone who may have been seen under two ids: those whose UPN stands twice, or whose id changed before."""
    rows = db.execute(
        f"SELECT {_LIST}, unlisted FROM pupil WHERE upn IN "  # noqa: S608 our own names
        "(SELECT upn FROM pupil WHERE upn <> '' GROUP BY upn HAVING count(*) > 1) "
        "OR pupil_id IN (SELECT old FROM move UNION SELECT new FROM move) ORDER BY col"
    ).fetchall()
    return tuple(Standing(_pupil(row), row[-1] is None) for row in rows)


def recorded_moves(db: sqlite3.Connection) -> dict[str, str]:
    """The moves that were found before. The last one of an id counts, and an id that others move to is back itself."""
    found: dict[str, str] = {}
    for old, new in db.execute("SELECT old, new FROM move ORDER BY id"):
        found.pop(new, None)
        found[old] = new
    return found


def record_moves(db: sqlite3.Connection, found: Mapping[str, str], at: str) -> None:
    """Remembers the moves that are new."""
    known = recorded_moves(db)
    fresh = [(old, new, at) for old, new in found.items() if known.get(old) != new]
    db.executemany("INSERT INTO move (old, new, seen_at) VALUES (?, ?, ?)", fresh)


def last_seen(db: sqlite3.Connection) -> date | None:
    """The day of the last snapshot."""
    row = db.execute("SELECT recorded_at FROM snapshot ORDER BY id DESC LIMIT 1").fetchone()
    return datetime.fromisoformat(row[0]).date() if row else None
