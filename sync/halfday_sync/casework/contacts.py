"""Contacts as people wrote them down on Contacts and Today: from the cells they typed to what the engine works with."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date

from halfday.contacted import CALL, NOT_REACHED, REASON, TOLD, VISIT, Contacted, begins_with
from halfday_sync.casework.back_on import day_back
from halfday_sync.decided import as_on_roll, pupil_of, read_day, text_of
from halfday_sync.entries import Problem, Typed

FROM_PAGES = {"call": CALL, "visit": VISIT, "reason": REASON, "told": TOLD}
"""What a row of Today is called on Contacts, by the second part of its key."""
_TALKS_OF_LATER = (*(words.casefold() for words in NOT_REACHED), "will call back")
_BACK_BEFORE = "Contacts: the day in Expected back is before the day of the contact itself, so it does not count."
_SAYS = ("what", "outcome", "note", "back_on")


def read_contacts(
    rows: Mapping[str, Mapping[str, Typed]], pupils: Collection[str], today: date
) -> tuple[tuple[Contacted, ...], tuple[Problem, ...]]:
    """The contacts, the oldest first, and what is to be put right before others count.

    Args:
        rows: what was typed in `tblContacts`, by key of the row and of the column.
        pupils: the ids that are known.
        today: the day of the page. A contact of a later day is no contact yet.
    """
    known = as_on_roll(pupils)
    found: list[Contacted] = []
    problems: list[Problem] = []
    for key, typed in rows.items():
        if not any(text_of(typed.get(column)) for column in _SAYS):
            continue
        one = _contact(key, typed, known)
        wrong = list(_wrong(one, typed, key, known, today))
        problems += [Problem(f"Contacts: a row does not count yet: {words}.", one.pupil_id) for words in wrong]
        if one.back_on is not None and one.back_on < one.day != date.min:
            problems.append(Problem(_BACK_BEFORE, one.pupil_id))
            one = replace(one, back_on=None)
        if not wrong and one.day <= today:
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.day)), tuple(dict.fromkeys(problems))


def of_key(key: str) -> tuple[str, str, date] | None:
    """Pupil, what and day that the key of a row of Today says; nothing for a row begun on Contacts (`C7`).

    >>> of_key("2101|call|2026-01-09"), of_key("C7")
    (('2101', 'Call', datetime.date(2026, 1, 9)), None)
    """
    pupil_id, _, rest = key.partition("|")
    what, _, day = rest.partition("|")
    try:
        return (pupil_id, FROM_PAGES[what], date.fromisoformat(day)) if what in FROM_PAGES else None
    except ValueError:
        return None


def _contact(key: str, typed: Mapping[str, Typed], known: Mapping[str, str]) -> Contacted:
    """A row as it stands; a day that cannot be read is the first of all days, and a fault (`_wrong`)."""
    pupil_id, what, day = of_key(key) or ("", CALL, date.min)
    said = {name: text_of(typed.get(name)) for name in ("pupil_id", "what", "outcome", "note", "who")}
    pupil_id = said["pupil_id"] or pupil_id
    one = Contacted(
        pupil_id=pupil_of(pupil_id, known) or pupil_id,
        day=read_day(typed.get("date")) or day,
        what=said["what"] or what,
        outcome=said["outcome"],
        note=said["note"],
        who=said["who"],
        back_on=read_day(typed.get("back_on")),
        key=key,
    )
    return one if one.back_on or one.day == date.min else replace(one, back_on=read_back_on(one))


def read_back_on(one: Contacted) -> date | None:
    """The day back that outcome or note name, where somebody was heard. The column Expected back comes first.

    >>> read_back_on(Contacted("7", date(2026, 1, 5), CALL, "Ill: expected back", "back on Thursday"))
    datetime.date(2026, 1, 8)
    >>> read_back_on(Contacted("7", date(2026, 1, 5), CALL, "Will call back", "back on Thursday"))
    """
    if one.what.casefold() in {TOLD.casefold(), REASON.casefold()}:
        return None
    if any(begins_with(one.outcome, words) for words in _TALKS_OF_LATER):
        return None
    return day_back(one.outcome, one.day) or day_back(one.note, one.day)


def _wrong(
    one: Contacted, typed: Mapping[str, Typed], key: str, known: Mapping[str, str], today: date
) -> Iterator[str]:
    """What keeps a row from counting. A date that is none is told where it stands (`harvest`)."""
    if not one.pupil_id:
        yield "it needs a pupil ID"
    elif one.pupil_id not in known:
        yield "nobody on the Tracker has this pupil ID"
    if one.day == date.min and not text_of(typed.get("date")):
        yield "it needs a date"
    elif one.day == date.min:
        yield "its date is not one, such as 31/1/2026"
    elif one.day > today and of_key(key) is None:
        yield f"its date, {one.day.day}/{one.day.month}/{one.day.year}, is still to come"
