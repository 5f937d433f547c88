"""The chronology: everything that happened, in the order of days, with the child's attendance up to each of them.

Staff's own Notes on the Tracker are left out: they are working notes and no evidence. So are letters that never went,
and what a rule of the policy says today: it says nothing of the day from which it holds.
"""

from collections.abc import Iterator
from dataclasses import replace

from halfday.printing import day_and_year
from halfday_sync.chronology import LETTER, NOTE, TRIGGER, Event, chronology
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Cell, Sheet, Table, Words
from halfday_sync.referrals.counting import figure_on
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.written import title_of, told, went

_HEADINGS = ("Day", "What", "What happened", "By whom", "Attendance up to then")
_LEFT_OUT = frozenset({NOTE, TRIGGER})


def sheet(case: Case, profile: Profile) -> Sheet:
    """What it holds and what it does not, then a line for everything."""
    rows = tuple(_row(case, event) for event in events(case))
    return Sheet(
        "chronology",
        "Chronology",
        (
            Words("What this is", _about(case)),
            Table("Everything by date", _HEADINGS, rows, (18, 10, 39, 14, 19), "Nothing is noted."),
        ),
    )


def events(case: Case) -> tuple[Event, ...]:
    """Contacts, letters that went, plans, meetings, decisions, steps that were done and stages, by day.

    Nothing of a day after that on the pack: made again for a day in the past, it says what it said then.
    """
    story = replace(case.story, casework=replace(case.casework, letters=()))
    others = [one for one in chronology(story) if one.what not in _LEFT_OUT]
    found = sorted([*others, *_letters(case)], key=lambda one: one.day)
    return tuple(one for one in found if one.day <= case.made_on)


def _letters(case: Case) -> Iterator[Event]:
    for letter in went(case):
        adapted = letter.approval is not None and letter.approval.adapted
        who = letter.approval.by if letter.approval else ""
        words = f"{title_of(case, letter)}{' (adapted)' * bool(adapted)}: sent to {told(case, letter)}."
        yield Event(letter.sent or case.made_on, LETTER, words, who)


def _row(case: Case, event: Event) -> tuple[Cell, ...]:
    return day_and_year(event.day), event.what, event.words, event.who, figure_on(case, event.day)


def _about(case: Case) -> tuple[str, ...]:
    until = day_and_year(case.as_of)
    what = (
        "All that is written down about this child's attendance, the oldest first: contacts, letters, meetings, plans "
        "and reviews, decisions, support, and the stages of the school's policy."
    )
    figures = (
        "Attendance is that of the school year, up to the end of the day, with the sessions missed of those possible. "
        f"Marks count up to {until}, with the corrections that were made since."
    )
    return what, figures, "Not in it: staff's own working notes, and letters that were prepared and never sent."
