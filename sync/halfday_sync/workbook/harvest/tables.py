"""Reading the tables whose rows belong to people: which row is which, and what people's cells say."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from halfday_sync.entries import BEGUN, DECISIONS, TRACKER, Problem, Typed
from halfday_sync.workbook.harvest import absent, identity
from halfday_sync.workbook.harvest.as_it_stands import Reading, Row, Said, Sheeted
from halfday_sync.workbook.harvest.known import Known
from halfday_sync.workbook.harvest.pupils import Ids, pupil_of
from halfday_sync.workbook.harvest.typed import LONGEST, alike, is_date, no_date
from halfday_sync.workbook.keyed import KeyedTable
from halfday_sync.workbook.layout import Column
from halfday_sync.workbook.update.seen import Seen


def read(keyed: KeyedTable, now: Seen, sent: Seen | None, known: Known, ids: Ids) -> Reading:
    """A table as it stands now, beside what was sent."""
    reading = Reading(keyed)
    reading.now = Sheeted.of(keyed, now, sent)
    reading.before = Sheeted.sent(keyed, sent) if sent else None
    if reading.now is None:
        return reading
    if keyed.name == TRACKER:
        _read_tracker(reading, known, ids)
    else:
        waiting = {ids.key(key) for key in sent.waiting.get(keyed.name, ())} if sent else set()
        _read_log(reading, waiting, known, ids)
    _leave_doubtful(reading, known, ids)
    reading.named = {row.at: row.key for row in reading.rows if row.key != row.raw}
    before = reading.before.rows if reading.before else {}
    sent_at = {raw if keyed.name == TRACKER else ids.key(raw): at for raw, at in before.items()}
    for row in reading.rows:
        reading.said += _said(reading, row, sent_at, known, ids)
    reading.said = list(_beside(reading))
    return reading


def _leave_doubtful(reading: Reading, known: Known, ids: Ids) -> None:
    """Takes out the rows of which nobody can say whom they are about."""
    table = reading.now
    assert table is not None
    if table.keyed.name == TRACKER:
        doubts = identity.wrong_names(reading.rows, table, reading.before, known.edits, ids)
    else:
        doubts = identity.wrong_action(reading.rows, table, reading.before, ids)
    reading.doubtful = {doubt.at: doubt.keys for doubt in doubts}
    reading.problems += identity.told(doubts, table.table.sheet, table.keyed.name)
    reading.rows = [row for row in reading.rows if row.at not in reading.doubtful]


def _cells(table: Sheeted, row: int, key: str, known: Known, ids: Ids) -> dict[str, Typed]:
    kept = known.row(table.keyed.name, key)
    cells = {name: table.value(row, place, column, known, kept.get(name)) for name, place, column in table.staff}
    told = cells.get("pupil_id")
    if table.keyed.name in BEGUN and isinstance(told, str):
        cells["pupil_id"] = ids.now(told) or told  # as the roll spells it, and the id that the pupil has now
    return cells


# The Tracker ----------------------------------------------------------------------------------------------------------


def _read_tracker(reading: Reading, known: Known, ids: Ids) -> None:
    table = reading.now
    assert table is not None
    found: dict[str, list[Row]] = {}
    for at in table.table.rows:
        raw = table.raw(at)
        pupil_id = ids.now(raw)
        row = Row(at, raw, pupil_id or raw, pupil_id, _cells(table, at, pupil_id or raw, known, ids))
        if raw:
            found.setdefault(row.key, []).append(row)
            if not pupil_id:
                reading.problems.append(_nobody(table, at, raw))
        elif not row.is_blank:
            words = f"{table.table.sheet}, row {at}: there is no pupil ID, so it cannot be told whom this is about."
            reading.problems.append(Problem(words))
    reading.rows = [row for rows in found.values() for row in _one_each(rows, table, known, reading.problems, ids)]


def _nobody(table: Sheeted, at: int, raw: str) -> Problem:
    return Problem(f"{table.table.sheet}, row {at}: no pupil has the ID {raw}. Put right the ID, or delete the row.")


def _one_each(rows: Sequence[Row], table: Sheeted, known: Known, problems: list[Problem], ids: Ids) -> Iterator[Row]:
    """One row for each pupil. Two rows with the same ID are nobody's: the update asks for one to be deleted."""
    if len({row.raw for row in rows}) < len(rows):
        return
    first = next((row for row in rows if row.raw == row.key), rows[0])
    yield first
    for row in rows:
        if row is first:
            continue
        cells = _cells(table, row.at, row.raw, known, ids)
        if ids.found(row.raw) == row.raw:  # the id that the pupil had
            words = (
                f"{table.table.sheet}, rows {first.at} and {row.at} are about one pupil: {row.raw} is {row.key} now."
            )
            problems.append(
                Problem(f"{words} Copy what you need to row {first.at}, then delete row {row.at}.", row.key)
            )
            yield replace(row, key=row.raw, cells=cells, beside=True)
        else:
            problems.append(_nobody(table, row.at, row.raw))
            yield replace(row, key=row.raw, pupil_id="", cells=cells)


# Actions, Contacts, Decisions -----------------------------------------------------------------------------------------


def _read_log(reading: Reading, waiting: Collection[str], known: Known, ids: Ids) -> None:
    table = reading.now
    assert table is not None
    place = table.keyed.name
    keyed: dict[str, list[Row]] = {}
    begun: list[Row] = []
    for at in table.table.rows:
        raw = table.raw(at)
        key = ids.key(raw)
        row = Row(at, raw, key, pupil_of(key), _cells(table, at, key, known, ids))
        if raw and not _is_about_another(row, place, ids):
            keyed.setdefault(key, []).append(row)
        elif not row.is_blank:
            begun.append(row)
    for rows in keyed.values():
        first = _original(rows, known.row(place, rows[0].key))
        reading.rows.append(first)
        begun += [row for row in rows if row is not first]
    if place in BEGUN:
        reading.rows += _name(begun, reading, waiting, known, ids)
        reading.gone = tuple(absent.gone(reading, known, ids))
        reading.unsent = tuple(absent.unsent(reading, waiting, known, ids))
        reading.problems += absent.below(table)
    else:
        reading.problems += [_no_key(table, row) for row in begun]
    reading.rows = [_about(row, table, reading.problems, ids) for row in sorted(reading.rows, key=lambda row: row.at)]


def _is_about_another(row: Row, place: str, ids: Ids) -> bool:
    """Whether people made another pupil's row of it: then it is a row that they began, and no longer that call."""
    told = row.cells.get("pupil_id")
    named = ids.now(told) if isinstance(told, str) else ""
    return place in BEGUN and bool(named and row.pupil_id and named != row.pupil_id)


def _original(rows: Sequence[Row], known: Mapping[str, Typed]) -> Row:
    """Of a row and its copies the one that says what the store has; else the first."""
    return next((row for row in rows if all(alike(row.cells.get(c), v) for c, v in known.items())), rows[0])


def _no_key(table: Sheeted, row: Row) -> Problem:
    words = f"{table.table.sheet}, row {row.at}: Halfday does not know this row, since it was copied or typed here."
    return Problem(f"{words} Put your words on Contacts or on the Tracker, and delete the row.", row.pupil_id)


def _name(begun: Sequence[Row], reading: Reading, waiting: Collection[str], known: Known, ids: Ids) -> Iterator[Row]:
    """Keys for rows that people began. A row that was named before, in a copy that was never written, keeps its key."""
    place = reading.keyed.name
    letter = BEGUN[place]
    shape = re.compile(rf"{letter}(\d{{1,9}})", re.ASCII)
    there = {row.key for row in reading.rows}
    sent = {ids.key(raw) for raw in reading.before.rows} if reading.before else set()
    before = there | sent | {*waiting}
    named = [key for at, key in known.rows if at == place and shape.fullmatch(key) and key not in before]
    used = there | sent | {key for at, key in known.keys if at == place} | {k for at, k in known.rows if at == place}
    last = max((int(found[1]) for key in used if (found := shape.fullmatch(key))), default=0)
    pairs = sorted((-_shared(row, known.row(place, key), known), row.at, key) for row in begun for key in named)
    given: dict[int, str] = {}
    for shared, at, key in pairs:
        if shared and at not in given and key not in given.values():
            given[at] = key
    for row in begun:
        if row.at not in given:
            last += 1
            given[row.at] = f"{letter}{last}"
        yield replace(row, key=given[row.at], pupil_id="")


def _shared(row: Row, told: Mapping[str, Typed], known: Known) -> int:
    """How many cells say the same, where it is the same row for all anybody can tell: else none.

    A row about another pupil is another row. That the pupil is the same says nothing: most of what was told must still
    be there; in an earlier copy that was put back all of it and nothing else, since people begin other rows in that.
    """
    told_of = told.get("pupil_id")
    if told_of is not None and not alike(row.cells.get("pupil_id"), told_of):
        return 0
    said = {name: value for name, value in row.cells.items() if value is not None and name != "pupil_id"}
    before = {name: value for name, value in told.items() if name != "pupil_id"}
    shared = sum(alike(value, before.get(name)) for name, value in said.items())
    is_same = shared == len(said) == len(before) if known.is_older else 2 * shared > len(before)
    return shared if is_same else 0


def _about(row: Row, table: Sheeted, problems: list[Problem], ids: Ids) -> Row:
    """The row with its pupil: as people say in the row, else as its key says."""
    if table.keyed.name not in BEGUN:
        return row
    told = row.cells.get("pupil_id")
    if isinstance(told, str):
        if not (pupil_id := ids.now(told)) and table.keyed.name != DECISIONS:  # there the row itself says so
            problems.append(_nobody(table, row.at, told))
        return replace(row, pupil_id=pupil_id)
    if not row.pupil_id and not row.is_blank:
        problems.append(Problem(f"{table.table.sheet}, row {row.at}: it does not say which pupil it is about."))
    return row


# Cells ----------------------------------------------------------------------------------------------------------------


def _said(reading: Reading, row: Row, sent_at: Mapping[str, int], known: Known, ids: Ids) -> Iterator[Said]:
    """People's cells of a row, beside what was sent; and columns of theirs that they took away."""
    table, before, place = reading.now, reading.before, reading.keyed.name
    assert table is not None
    is_own = place == TRACKER or ids.key(row.raw) == row.key  # a copy was not sent
    at = sent_at.get(row.raw, sent_at.get(row.key)) if is_own else sent_at.get(row.key)
    sent = _cells(before, at, row.key, known, ids) if before and at else {}
    kept = known.row(place, row.key)
    for name, _place, column in table.staff:
        value = row.cells[name]
        reading.problems += _doubts(value, table, row, column)
        yield Said((place, row.key, name), row.pupil_id, value, sent.get(name), name in sent)
    for name in before.own if before else ():
        if name in kept and name not in table.own:
            yield Said((place, row.key, name), row.pupil_id, None, kept[name], was_sent=True)


def _doubts(value: Typed, table: Sheeted, row: Row, column: Column | None) -> Iterator[Problem]:
    """What cannot be understood, or may be cut off."""
    title = column.title if column else "a column of yours"
    where = f"{table.table.sheet}, row {row.at}, {title}"
    if column and is_date(column) and isinstance(value, str | float) and not isinstance(value, bool):
        yield Problem(no_date(where), row.pupil_id)
    if isinstance(value, str) and len(value) >= LONGEST:
        yield Problem(f"{where}: the cell is full. What was typed after {LONGEST:,} letters is not kept.", row.pupil_id)


def _beside(reading: Reading) -> Iterator[Said]:
    """What stands in the row of a pupil's former id fills the empty cells of the row of the id they have now."""
    former = {row.key: row.pupil_id for row in reading.rows if row.beside}
    spare: dict[tuple[str, str], list[Said]] = {}
    for said in reading.said:
        if said.where[1] in former and said.now is not None:
            spare.setdefault((former[said.where[1]], said.where[2]), []).append(said)
    first = {(said.where[1], said.where[2]): said for said in reading.said if said.where[1] not in former}
    for said in reading.said:
        _place, key, column = said.where
        if key not in former:
            other = spare.get((key, column), [None])[0] if said.now is None else None
            yield said._replace(now=other.now, before=other.before, was_sent=other.was_sent) if other else said
            continue
        main = first.get((former[key], column))
        if main is not None and main.now is not None and not alike(main.now, said.now):
            yield said
