"""A difference in sentences, for the console and the log: counts and ids, no names."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from halfday.printing import counted
from halfday_sync.receiving.difference import ChangedMark, Difference
from halfday_sync.receiving.flags import SAFEGUARDING, by_field, ended_words, kept_words
from halfday_sync.receiving.known import not_shared_words

MANY = 5
"""So many of a kind are told one by one; more are counted."""
VANISHED_AT_LEAST = 6
"""A few children who leave without a date are everyday; more than a handful at once is a question."""
_IDS = 10


def lines(found: Difference) -> Iterator[str]:
    """What a snapshot changed, a sentence each."""
    if found.new:
        yield f"{counted(found.new, 'new mark')}."
    if found.late:
        yield f"{counted(len(found.late), 'mark')} of earlier days came late ({_pupils(found.late)})."
    if found.no_mark_yet:
        have, are = ("has", "it is") if found.no_mark_yet == 1 else ("have", "they are")
        sessions = counted(found.no_mark_yet, "session")
        yield f"{sessions} of finished days {have} no mark yet: {are} listed to chase."
    yield from _amended(found.amended)
    yield from _set_aside(found)
    yield from _people(found)
    for name, pupils in found.not_shared.items():
        yield not_shared_words(name, pupils)
    for name, ids in by_field(found.flags_kept).items():
        if name in SAFEGUARDING or name not in found.not_shared:
            yield kept_words(name, ids)
    for name, ids in by_field(found.flags_ended).items():
        yield ended_words(name, ids)
    for (year, month), count in sorted(found.only_here.items()):
        known = "is known is not in the source any more; it stays"
        known = known if count == 1 else "are known are not in the source any more; they stay"
        yield f"{counted(count, 'mark')} of {month:02}/{year} that {known}."
    for shared in found.shared_upns:
        yield f"Pupils {', '.join(shared)} have one UPN between them: ask the MIS which of them is right."


def _amended(marks: Sequence[ChangedMark]) -> Iterator[str]:
    if len(marks) <= MANY:
        for mark in marks:
            after = "no mark" if mark.after == "-" else mark.after
            when = f"{mark.date.day} {mark.date:%b}"
            yield f"A mark of {when} changed from {mark.before} to {after} (pupil {mark.pupil_id})."
        return
    kinds = Counter((mark.before, mark.after) for mark in marks).most_common()
    named = ", ".join(f"{count:,} from {before} to {after}" for (before, after), count in kinds[:MANY])
    rest = sum(count for _, count in kinds[MANY:])
    more = f", {rest:,} others" if rest else ""
    yield f"{len(marks):,} marks changed: {named}{more} ({_pupils(marks)})."


def _pupils(marks: Sequence[ChangedMark]) -> str:
    ids = sorted({mark.pupil_id for mark in marks})
    return f"pupil {ids[0]}" if len(ids) == 1 else f"{len(ids):,} pupils"


def _set_aside(found: Difference) -> Iterator[str]:
    if len(found.set_aside) > MANY:
        whose = len({one.pupil_id for one in found.set_aside})
        of = "1 pupil" if whose == 1 else f"{whose:,} pupils"
        why = "as the source contradicts itself or says too little about them"
        yield f"{len(found.set_aside):,} marks of {of} were set aside, {why}. Today lists those that still count."
        return
    for one in found.set_aside:
        yield f"Pupil {one.pupil_id}: {one.words}"


def _people(found: Difference) -> Iterator[str]:
    if found.joined:
        who = "" if found.first else f": {_named(found.joined)}"
        yield f"{counted(len(found.joined), 'pupil')} joined{who}."
    if found.readmitted:
        yield f"{counted(len(found.readmitted), 'pupil')} came back: {_named(found.readmitted)}."
    if found.left:
        left = [f"{who} ({on.day} {on:%b})" for who, on in found.left]
        yield f"{counted(len(left), 'pupil')} left: {_named(left)}."
    if found.vanished:
        are = "is" if len(found.vanished) == 1 else "are"
        have = "has" if len(found.vanished) == 1 else "have"
        why = " Leavers, or a fault of the feed?" if len(found.vanished) >= VANISHED_AT_LEAST else ""
        yield (
            f"{counted(len(found.vanished), 'pupil')} {are} no longer in the source and {have} no leaving date: "
            f"{_named(found.vanished)}.{why}"
        )
    if found.classes:
        moved = [f"{who} from {before} to {after}" for who, before, after in found.classes]
        yield f"{counted(len(moved), 'pupil')} changed class: {_named(moved)}."
    if found.new_ids:
        moved = [f"{old} is now {new}" for old, new in sorted(found.new_ids.items())]
        yield f"{counted(len(moved), 'pupil')} got a new ID: {_named(moved)}."


def _named(items: Iterable[str]) -> str:
    told = list(items)
    more = f" and {len(told) - _IDS:,} more" if len(told) > _IDS else ""
    return ", ".join(told[:_IDS]) + more
