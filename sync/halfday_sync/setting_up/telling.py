"""What was read, in lines for a person: no names of pupils, and ids only where they cannot be names."""

from collections.abc import Iterator, Sequence
from datetime import date

from halfday import codes
from halfday.printing import counted, day
from halfday.register import FLAGS, Pupil, SessionKey
from halfday_sync.sources.base import Carries, Look, Snapshot
from halfday_sync.sources.tabular.wording import shown_pupil

ROWS = 10
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
    first, *others = dict.fromkeys([*look.words.splitlines(), *look.now.splitlines()])
    yield f"{'ok' if look.well else 'no'}  {look.title}: {first}"
    yield from (f"    {line}" for line in others if line)


def read_lines(snapshot: Snapshot) -> Iterator[str]:
    """How much was read, how new it is, and which flags the school shares."""
    marks, pupils = snapshot.register.count(), len(snapshot.pupils)
    yield f"Read: {counted(marks, 'mark')} of {counted(pupils, 'pupil')}."
    newest = max((key for key, row in _taken(snapshot)), default=None)
    if newest is None:
        yield "There is no mark in it. In a holiday that is right; in school time somebody has to look at the source."
    else:
        yield f"The newest mark is of {day(newest.date)} {newest.date.year} {newest.session}."
    if snapshot.as_of:
        yield f"The source says that its data is as at {snapshot.as_of:%d/%m/%Y %H:%M}."
    if snapshot.set_aside:
        yield f"{counted(len(snapshot.set_aside), 'mark')} would not be taken, as the source contradicts itself there."
    yield from flag_lines(snapshot.pupils)


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
    said = (
        ("codes of two characters", carries.two_characters),
        ("minutes late", carries.minutes),
        ("children who have left", carries.leavers),
        ("what changed since a moment", carries.changes),
        ("flags of pupils", carries.flags),
    )
    yield f"It can tell: {', '.join(words for words, carried in said if carried) or 'marks only'}."
    yield from (f"It cannot: {words}" for words in carries.losses())
    if not carries.changes:
        yield "It cannot tell what changed since a moment, so the last weeks are read again every time."


def row_lines(snapshot: Snapshot) -> Iterator[str]:
    """The newest marks, ten of them: pupil id, year, class, date, session, code."""
    pupils = {pupil.pupil_id: pupil for pupil in snapshot.pupils}
    classes = {pupil.class_name for pupil in snapshot.pupils}
    are_classes = len(classes) <= max(3, len(pupils) // 2)  # else they may be names in the wrong column
    rows: list[tuple[str, ...]] = []
    for key, marks in reversed(list(_taken(snapshot))):
        for pupil_id, code_id in zip(snapshot.register.pupils, marks, strict=True):
            if code_id and len(rows) < ROWS:
                child = pupils.get(pupil_id, Pupil(pupil_id))
                rows.append(
                    (
                        shown_pupil(pupil_id).removeprefix("pupil "),
                        child.year_group if len(child.year_group) <= 2 else "(not shown)",
                        child.class_name if are_classes else "(not shown)",
                        f"{key.date:%d/%m/%Y}",
                        key.session,
                        codes.by_id()[code_id].code,
                    )
                )
        if len(rows) == ROWS:
            break
    if rows:
        yield from _table([("pupil", "year", "class", "date", "session", "code"), *rows])


def half_term_lines(terms: Sequence[tuple[date, date]]) -> Iterator[str]:
    """The first and the last day of each half term."""
    for number, (first, last) in enumerate(terms, 1):
        yield f"  half term {number}: {day(first)} {first.year} to {day(last)} {last.year}"


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
