"""The rows of Minutes as values, and what of them has a consequence: to step down is a review of the pupil that day."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from halfday import printing
from halfday.policy.ladder import REVIEW, Decision
from halfday_sync.casework.model import Minute
from halfday_sync.decided import as_on_roll, is_done, pupil_of, read_day, text_of
from halfday_sync.entries import Problem, Typed

STEP_DOWN = "Step down"
CHECK_IN, WEEKLY, HALF_TERM, FAMILY, CASELOAD = "check-in", "weekly", "half-term", "family", "caseload"
"""The second part of the keys of rows that begin on Review."""
_NO_REVIEW_AT = frozenset({"daily check-in", "family"})
"""Meetings that are not about one child's stage. A row of a family is about several."""


def read_minutes(
    rows: Mapping[str, Mapping[str, Typed]], pupils: Collection[str] = (), today: date = date.max
) -> tuple[tuple[Minute, ...], tuple[Problem, ...]]:
    """The minutes, the oldest first, and what somebody should put right.

    Rows in which nothing is agreed or noted yet are none. What the harvest says of any row (no pupil, nobody has this
    ID, no date) is not said again.

    Args:
        rows: what was typed on Minutes, by key of the row and of the column.
        pupils: the ids that are known, as the roll spells them.
        today: the day of the page: a row of a later day is asked about, since its year may be a slip.
    """
    known = as_on_roll(pupils)
    minutes: list[Minute] = []
    problems: list[Problem] = []
    for key, typed in rows.items():
        minute = _read(key, typed, known)
        if minute is not None:
            minutes.append(minute)
            problems += _doubts(minute)
            if minute.day > today and "|" not in key:  # one from Review has the day of its page
                words = (
                    f"Minutes: the day of a meeting, {minute.day.day}/{minute.day.month}/{minute.day.year}, is still"
                )
                problems.append(Problem(f"{words} to come. What was agreed counts from then on.", minute.pupil_id))
        elif _says(typed) and "date" not in typed:
            words = "Minutes: a row has no date, so it does not count yet. Fill in the day of the meeting."
            problems.append(Problem(words, text_of(typed.get("pupil_id"))))
    return tuple(sorted(minutes, key=lambda one: (one.day, one.key))), tuple(problems)


def _read(key: str, typed: Mapping[str, Typed], known: Mapping[str, str]) -> Minute | None:
    day, pupil_id = read_day(typed.get("date")), text_of(typed.get("pupil_id"))
    if day is None or not _says(typed):
        return None
    return Minute(
        key=key,
        day=day,
        meeting=text_of(typed.get("meeting")),
        pupil_id=pupil_of(pupil_id, known) or pupil_id,
        agreed=text_of(typed.get("agreed")),
        owner=text_of(typed.get("owner")),
        next_due=read_day(typed.get("next_due")),
        done=is_done(typed.get("done")),
        note=text_of(typed.get("note")),
    )


def _says(typed: Mapping[str, Typed]) -> bool:
    return bool(text_of(typed.get("agreed")) or text_of(typed.get("note")))


def is_step_down(minute: Minute) -> bool:
    """Whether a meeting agreed that a pupil comes down a stage."""
    return minute.agreed.casefold().startswith(STEP_DOWN.casefold())


def reviews(minutes: Iterable[Minute]) -> dict[str, Decision]:
    """The reviews that meetings agreed, by the key of the row: "Step down", with the name of who sees to it."""
    return {
        one.key: Decision(one.pupil_id, REVIEW, one.day, one.day, f"Agreed at the {_meeting(one)}", one.owner)
        for one in minutes
        if is_step_down(one) and one.owner and one.pupil_id and one.meeting.casefold() not in _NO_REVIEW_AT
    }


def _meeting(minute: Minute) -> str:
    return f"{minute.meeting[:1].lower()}{minute.meeting[1:]}" if minute.meeting else "meeting"


def _doubts(minute: Minute) -> Iterator[Problem]:
    day = printing.day(minute.day)
    if not is_step_down(minute):
        return
    if minute.meeting.casefold() in _NO_REVIEW_AT:
        words = f'Minutes, {day}: "{STEP_DOWN}" is about one child\'s stage.'
        yield Problem(f"{words} Choose it in the child's own row at a weekly meeting or a review.", minute.pupil_id)
    elif not minute.owner:
        words = f'Minutes, {day}: "{STEP_DOWN}" does not count yet.'
        yield Problem(f"{words} It needs the name of who agreed it, in the column Who.", minute.pupil_id)


def minute_words(minute: Minute, today: date) -> str:
    """What was agreed, in a line: `Mon 3 Nov: Meet the family (RK), by Mon 17 Nov, not done yet`."""
    who = f" ({minute.owner})" if minute.owner else ""
    by = f", by {printing.day(minute.next_due)}" if minute.next_due else ""
    late = minute.next_due is not None and minute.next_due < today
    state = ", done" if minute.done else ", not done yet" if late else ""
    return f"{printing.day(minute.day)}: {minute.agreed or minute.note}{who}{by}{state}"
