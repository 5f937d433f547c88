"""What was read, in lines for a person: no names of pupils, and ids only where they cannot be names."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime

from halfday import codes
from halfday.printing import counted, day
from halfday.register import FLAGS, Pupil, SessionKey
from halfday_sync.sources.base import Carries, Look, Snapshot, shared_words
from halfday_sync.sources.wording import shown_pupil

ROWS = 10
_DONE = ("Nothing was changed.", "Nothing was read in, and nothing was changed.")
"""A look changes nothing anyway, and whoever looks says so at the end."""
_OLD = re.compile(r"([\d,]+ marks?) before (.{8,16}) left out")
_FILES = ("folder", "tabular", "contract", "ctf")
_FLAGS = {
    "pupil_premium": "pupil premium",
    "fsm": "free school meals",
    "lac": "looked after",
    "cp": "child protection",
    "eal": "English as an additional language",
    "young_carer": "young carer",
    "sen": "SEN",
}


def look_lines(look: Look) -> Iterator[str]:
    """One thing that was tried: `ok` or `no` first, so that it can be read without colours, and aloud."""
    lines = [*look.words.splitlines(), *look.now.splitlines()]
    first, *others = dict.fromkeys(line for line in lines if line not in _DONE)
    yield f"{'ok' if look.well else 'no'}  {look.title}: {first}"
    yield from (f"    {line}" for line in others if line)


def read_lines(snapshot: Snapshot, kind: str = "") -> Iterator[str]:
    """How much was read, how new it is, and which flags the school shares; `kind` is that of the source."""
    marks, pupils = snapshot.register.count(), len(snapshot.pupils)
    yield f"Read: {counted(marks, 'mark')} of {counted(pupils, 'pupil')}."
    newest = max((key for key, row in _taken(snapshot)), default=None)
    old = next((found for note in snapshot.notes if (found := _OLD.search(note))), None)
    if newest is None and old:
        over = f"from before {_shown(old[2])}, of a school year that is over"
        yield f"All of its marks ({old[1]}) are {over}: choose this year's dates in the export."
    elif newest is None:
        yield "There is no mark in it. In a holiday that is right; in school time somebody has to look at the source."
    else:
        yield f"The newest mark is of {_day(newest.date)} {newest.session}."
    if snapshot.as_of:
        said = "The newest file is of" if kind in _FILES else "The source says that its data is as at"
        yield f"{said} {moment(snapshot.as_of)}."
    if snapshot.set_aside:
        yield f"{counted(len(snapshot.set_aside), 'mark')} would not be taken, as the source contradicts itself there."
    yield from flag_lines(snapshot.pupils)
    if snapshot.carers is not None:
        yield f"Whom to ring: {shared_words(snapshot.carers)}."


def flag_lines(pupils: Sequence[Pupil]) -> Iterator[str]:
    """Which flags are told of at least one pupil; the others are unknown, which is not "no"."""
    told = [name for name in (*FLAGS, "sen") if any(getattr(one, name) not in (None, "") for one in pupils)]
    if not pupils:
        return
    yield f"Shared of pupils: {', '.join(_FLAGS[name] for name in told) or 'no flags'}."
    rest = [words for name, words in _FLAGS.items() if name not in told]
    if rest:
        yield f"Not shared, so unknown (which is not 'no'): {', '.join(rest)}."


def carries_lines(carries: Carries) -> Iterator[str]:
    """What a source can carry, and what it cannot."""
    columns = (("minutes late", carries.minutes), ("flags of pupils", carries.flags))
    said = (
        ("codes of two characters", carries.two_characters),
        ("what changed since a moment", carries.changes),
        ("whom to ring, where that is shared", carries.carers),
        *(() if carries.by_columns else columns),
    )
    yield f"It can tell: {', '.join(words for words, carried in said if carried) or 'marks only'}."
    if carries.by_columns:
        yield f"It tells {' and '.join(words for words, _ in columns)} where it has columns for them."
    yield from (f"It cannot: {words}" for words in carries.losses())
    if not carries.changes:
        yield "It cannot tell what changed since a moment, so the last weeks are read again every time."


def row_lines(snapshot: Snapshot) -> Iterator[str]:
    """The newest marks, ten of them: pupil id, year, class, date, session, code."""
    pupils = {pupil.pupil_id: pupil for pupil in snapshot.pupils}
    names = {name for pupil in snapshot.pupils for name in _names(pupil)}
    rows: list[tuple[str, ...]] = []
    for key, marks in reversed(list(_taken(snapshot))):
        for pupil_id, code_id in zip(snapshot.register.pupils, marks, strict=True):
            if code_id and len(rows) < ROWS:
                child = pupils.get(pupil_id, Pupil(pupil_id))
                rows.append(
                    (
                        shown_pupil(pupil_id).removeprefix("pupil "),
                        child.year_group if child.year_group.casefold() not in names else "(not shown)",
                        child.class_name if child.class_name.casefold() not in names else "(not shown)",
                        _day(key.date),
                        key.session,
                        codes.by_id()[code_id].code,
                    )
                )
        if len(rows) == ROWS:
            break
    if rows:
        yield from _table([("pupil", "year", "class", "date", "session", "code"), *rows])
    if any("(not shown)" in row for row in rows):
        yield "What is not shown is the same as a pupil's name."


def _names(pupil: Pupil) -> Iterator[str]:
    """How a pupil's name may stand in another column; an id that is a name as well."""
    first, last = pupil.forename.casefold(), pupil.surname.casefold()
    yield from filter(None, (first, last, f"{first} {last}".strip(), f"{last} {first}".strip(), f"{last}, {first}"))
    if pupil.pupil_id.replace(" ", "").isalpha():
        yield pupil.pupil_id.casefold()


def moment(when: datetime) -> str:
    """A time as staff read it, by this computer's clock: `Fri 12 Sep 2025, 07:15`."""
    local = when.astimezone() if when.tzinfo else when
    return f"{_day(local.date())}, {local:%H:%M}"


def _shown(when: str) -> str:
    with suppress(ValueError):
        return _day(date.fromisoformat(when))
    return when


def _day(when: date) -> str:
    return f"{day(when)} {when.year}"


def half_term_lines(terms: Sequence[tuple[date, date]]) -> Iterator[str]:
    """The first and the last day of each half term."""
    for number, (first, last) in enumerate(terms, 1):
        yield f"  half term {number}: {_day(first)} to {_day(last)}"


def _taken(snapshot: Snapshot) -> Iterator[tuple[SessionKey, bytes]]:
    """The sessions with at least one mark that is not missing."""
    nothing = bytes([codes.NO_ROW, *codes.ids("-")])
    for key, row in zip(snapshot.register.sessions, snapshot.register.rows, strict=True):
        if row.translate(None, nothing):
            yield key, row


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
