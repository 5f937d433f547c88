"""The local authority's clock in words, for Today and for Statutory: what started it, by when, and what next."""

from halfday import printing
from halfday_sync.casework.plan_kinds import title_of
from halfday_sync.casework.referral_clock import BANK_HOLIDAY, Clock, working_days_left
from halfday_sync.workbook.view import View

_OPEN = "Prepare the pack, see what is missing, and decide."
_LONGER = "It runs on after that day: ask the local authority which day counts."
_EARLY = "The school's calendar names no bank holidays, so a day here may be early."


def running(view: View) -> tuple[Clock, ...]:
    """The clocks of children on roll: what is due next first; then those whose day has passed, the latest first."""
    here = [one for one in view.clocks if one.pupil_id in view.pupil and not view.has_left(view.pupil[one.pupil_id])]
    return tuple(sorted(here, key=lambda one: _place(view, one)))


def _place(view: View, one: Clock) -> tuple[bool, int, str, str, str]:
    pupil, day = view.pupil[one.pupil_id], one.due.toordinal()
    is_past = one.due < view.today
    return is_past, -day if is_past else day, pupil.surname, pupil.forename, pupil.pupil_id


def rule_notes(view: View) -> list[str]:
    """The rule of the local authority, and how far its days can be trusted."""
    names_them = BANK_HOLIDAY in view.calendar.kinds.values()
    return [note for note in (view.clock_rule.words, "" if names_them else _EARLY) if note]


def due_words(view: View, one: Clock) -> str:
    """The last day, and how long that is from the day of the page."""
    day = printing.day(one.due)
    if one.due < view.today:
        return f"{day}: passed"
    if one.due == view.today:
        return f"{day}: today"
    left = working_days_left(view.calendar, view.today, one.due)
    return f"{day}: {printing.counted(left, 'working day')} left"


def started_words(view: View, one: Clock) -> str:
    """The letter that went, or the plan that began; the day stands beside it."""
    if one.is_plan:
        until = f" until {printing.day(one.ends)}" if one.ends else ""
        return f"{title_of(view.policy, one.by)}{until}"
    title = next((letter.title for letter in view.policy.letters if letter.id == one.by), one.by)
    return f"{title}, sent"


def next_words(view: View, one: Clock) -> str:
    """What a person does now; once the day has passed nobody is told off, and it is said whom to ask."""
    if one.due < view.today:
        what = "plan" if one.is_plan else "letter"
        return f"It may be too late on this {what}. Ask the local authority, or agree another step."
    if one.ends and one.ends > one.due:
        return _LONGER
    return _OPEN
