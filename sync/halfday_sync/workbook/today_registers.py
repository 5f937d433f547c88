"""Marks and registers to chase, in words: first what holds up a letter, then whole registers, then single marks."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from halfday import printing
from halfday.missing import Chase, HalfClosed
from halfday.policy.outcome import Outcome
from halfday.register import SessionKey
from halfday_sync.entries import Problem
from halfday_sync.workbook.view import View

HALF_DAY = {"AM": "morning", "PM": "afternoon"}
_DAYS_MOST = 6
"""Days named in one line, the newest; earlier ones are counted."""
_PUPILS_MOST = 12
"""So many pupils whose letters wait are told one by one: where whole registers are missing, they are many."""
_COMPLETE = "Complete {} in the MIS from what is known."


def blocking(view: View) -> Iterator[Problem]:
    """Pupils for whom a letter, a step or a national duty waits for missing marks, those of last July too."""
    held = [one for one in view.outcomes if (one.waiting_rows or one.waits.duties) and not view.has_left(one.pupil)]
    held = [one for one in held if one.waits.missing]
    held.sort(key=lambda one: (-len(one.waiting_rows), -one.stage, one.pupil.surname, one.pupil.forename))
    for one in held[:_PUPILS_MOST]:
        missing = printing.counted(one.waits.marks, "mark")
        words = f"{missing} missing: {one.waits.named}. {_held_up(one)} {_COMPLETE.format(_them(one))}"
        yield Problem(words, one.pupil.pupil_id)
    if len(held) > _PUPILS_MOST:
        who = printing.counted(len(held) - _PUPILS_MOST, "more pupil")
        yield Problem(f"Likewise for {who}: on Actions (filter Status: Waits) and on Statutory.")


def _held_up(outcome: Outcome) -> str:
    """What waits for the marks."""
    steps, duties = len(outcome.waiting_rows), len(outcome.waits.duties)
    parts = [printing.counted(steps, "letter or step", "letters or steps")] if steps else []
    parts += [printing.counted(duties, "national duty", "national duties")] if duties else []
    return f"{' and '.join(parts)} {'waits' if steps + duties == 1 else 'wait'} for {_them(outcome)}."


def _them(outcome: Outcome) -> str:
    return "it" if outcome.waits.marks == 1 else "them"


def registers(chase: Chase) -> Iterator[Problem]:
    """Registers that are missing for the school, then for a class, then single marks; last what is half closed."""
    if chase.no_marks:
        them = _COMPLETE.format("the registers")
        yield Problem(f"No marks at all for {_sessions(chase.no_marks)}. {them}")
    for row in chase.not_taken:
        one = len(row.sessions) == 1
        what = "Register not taken" if one else f"{len(row.sessions)} registers not taken"
        yield Problem(
            f"{what}: {row.class_name}, {_sessions(row.sessions)}. {_COMPLETE.format('it' if one else 'them')}"
        )
    for missing in sorted(chase.missing, key=lambda row: row.sessions[-1][0].date, reverse=True):
        marks = f"{printing.counted(missing.count, 'mark')} missing"
        days = _sessions([key for key, _count in missing.sessions])
        them = _COMPLETE.format("it" if missing.count == 1 else "them")
        yield Problem(f"{marks}: {missing.class_name or 'no class'}, {days}. {them}")
    for half in chase.half_closed:
        yield _half_closed(half)


def _half_closed(half: HalfClosed) -> Problem:
    others = printing.counted(len(half.others), "pupil has another mark", "pupils have other marks")
    where = f"{', '.join(name or 'no class' for name in half.classes)}: {_sessions(half.sessions)}"
    return Problem(
        f"{where}: closed (#) for most, but {others}. Those count. If school was closed for all, amend them in the "
        "MIS.",
        half.others[0] if len(half.others) == 1 else "",
    )


def _sessions(keys: Sequence[SessionKey]) -> str:
    """Sessions as people say them, newest days first: `Wed 10 Sep morning and afternoon, Tue 9 Sep afternoon`."""
    days = [f"{printing.day(day)} {_halves(rows)}" for day, rows in groupby(sorted(keys), key=lambda key: key.date)]
    days.reverse()
    more = len(days) - _DAYS_MOST
    return ", ".join(days[:_DAYS_MOST]) + (f" and {printing.counted(more, 'earlier day')}" if more > 0 else "")


def _halves(keys: Iterable[SessionKey]) -> str:
    return " and ".join(HALF_DAY[key.session] for key in keys)
