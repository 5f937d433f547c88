"""SLT's answers in a run: merged once what people typed was read back, remembered once the tracker is written.

A row that stands in the workbook is people's: what a run finds there counts. So it is the run that writes an answer
into it; and a run that did not come to its end writes it again, as what both sides said last is as it was.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from halfday_sync.decided import is_done, slt_key, text_of
from halfday_sync.entries import ACTIONS, Entry, Problem, Typed, by_row
from halfday_sync.mirroring.answer_values import AGREED, COLUMNS, COMMENT, as_text
from halfday_sync.mirroring.answers import SAID_BY, Answers, Merged, Roll, as_entries, merge, of_entries, told
from halfday_sync.store import Store

_DONE = ("done", "by", "outcome")
"""What people say of how an answer was carried out."""


def take(store: Store, answers: Answers, today: date, *, at: datetime) -> Merged:
    """Merges SLT's answers with what the tracker says, and notes what it is to say.

    To be called in a run, once what people typed in the tracker is in the store.

    Args:
        store: the school's store.
        answers: what the copy says.
        today: the day of the page.
        at: when the run was.
    """
    with store.transaction():
        entries = store.entries(ACTIONS)
        roll = Roll(today, frozenset(pupil.pupil_id for pupil in store.pupils()), store.moved())
        merged = merge(store.mirror_base(), answers, of_entries(entries), roll)
        rows = by_row(entries, ACTIONS)
        said = [*_begun_anew(merged.to_store, rows), *as_entries(merged.to_store)]
        store.note(said, said_by=SAID_BY, seen_at=at)
    return replace(merged, noted=frozenset((one.place, one.key, one.column) for one in said))


def keep(
    store: Store,
    merged: Merged,
    *,
    at: datetime,
    is_saved: bool,
    unsaid: Collection[tuple[str, str, str]] = (),
) -> None:
    """Remembers what both sides say now.

    Args:
        store: the school's store.
        merged: what was merged.
        at: when the run was.
        is_saved: the tracker is in place. Where it was changed in somebody's own Excel, and is not saved yet, only
            words that it had before are remembered: they are lost to nobody who closes it without saving.
        unsaid: cells that the tracker does not say all the same, by table, key and column.
    """
    places = {cell: (ACTIONS, slt_key(cell[0]), COLUMNS[cell[1]]) for cell in merged.to_store}
    arrived = {cell: value for cell, value in merged.to_store.items() if places[cell] not in unsaid}
    said = {**merged.settled, **arrived}
    if not is_saved:
        said = {cell: value for cell, value in merged.settled.items() if value is not None}
    store.keep_mirror_base(said, at=at)


def problems_of(merged: Merged) -> list[Problem]:
    """What people have to put right."""
    return [*told(merged.conflicts), *merged.problems]


def _begun_anew(said: Mapping[tuple[str, str], Typed], rows: Mapping[str, Mapping[str, Typed]]) -> Iterator[Entry]:
    """Where SLT agrees something else once a row was done, it is open again; how it was done goes into the note."""
    for pupil_id in dict.fromkeys(pupil_id for pupil_id, _column in said):
        row = rows.get(slt_key(pupil_id), {})
        if not is_done(row.get("done")) or not _is_news(said, pupil_id, row):
            continue
        agreed = text_of(row.get(COLUMNS[AGREED]) or row.get(COLUMNS[COMMENT]))
        how = ", ".join(filter(None, (as_text(row.get(column)) for column in _DONE)))
        line = f"Done before: {agreed} ({how})" if agreed else f"Done before: {how}"
        note = "\n".join(filter(None, (as_text(row.get("note")), line)))
        yield Entry(ACTIONS, slt_key(pupil_id), "note", pupil_id, note)
        for column in _DONE:
            yield Entry(ACTIONS, slt_key(pupil_id), column, pupil_id, None)


def _is_news(said: Mapping[tuple[str, str], Typed], pupil_id: str, row: Mapping[str, Typed]) -> bool:
    """Whether something else is to be done: another action, or where none is named another comment."""
    agreed = said.get((pupil_id, AGREED), row.get(COLUMNS[AGREED]))
    return said.get((pupil_id, AGREED if agreed is not None else COMMENT)) is not None
