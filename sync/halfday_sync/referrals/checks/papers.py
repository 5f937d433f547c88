"""Checks of the papers: plans and their reviews, minutes, letters to each parent, the notice to improve, the clock.

They look at the last twelve months.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from halfday import printing
from halfday.carer import Carer
from halfday.contacted import LETTER
from halfday_sync.casework import Letter, SupportPlan
from halfday_sync.casework.plan_state import OVERDUE, PAST_END, since, state_of
from halfday_sync.casework.referral_clock import latest
from halfday_sync.referrals import written
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.checks.finding import Check, Finding
from halfday_sync.referrals.planned import agreed_on, ends_on, met, notice_plan, supporting, told_apart
from halfday_sync.referrals.profile import Profile

YEAR = timedelta(days=365)
"""What is older than this before the pack is no paper of this case: nobody can put it right, and it proves nothing now.
Halfday's choice."""
_SAME_NOTICE = timedelta(weeks=4)
"""A notice's period begins no longer than this before its letter goes: it was noted first, and sent late."""
_OTHERWISE = (
    "Letters: write to this parent as well. Where a letter went that Halfday did not make: Contacts, a row 'Letter' "
    "that says to whom, such as Father."
)
_BY_HAND = "If it went without Halfday: Contacts, a row 'Letter' with the word '{}' in its note."
_REVIEW = "Plans: hold the review with the family, then type its day in 'Reviewed on' and what came of it."


def minutes(case: Case, profile: Profile) -> Iterator[Finding]:
    """No meeting with the family, or one of which nobody wrote down what was agreed."""
    days = [day for day in met(case) if _lately(case, day)]
    if not days:
        where = "Contacts: a row 'Meeting' for the day on which it was held."
        yield Finding("No meeting with the family is written down for the last twelve months.", where)
    bare = [printing.date_in_words(day) for day in days if not agreed_on(case, day)]
    if bare:
        what = f"It is not written down what was agreed at the meeting of {printing.first_few(bare, 5)}."
        yield Finding(what, "Minutes: a row for that day, with what was agreed in 'Agreed'.")


def both_parents(case: Case, profile: Profile) -> Iterator[Finding]:
    """Letters that did not go to each parent who gets letters."""
    several = sum(one.letters and bool(one.name) for one in case.carers) > 1
    for letter in written.formal(case):
        if not _lately(case, letter.sent):
            continue
        missed = [one for one in written.not_written_to(case, letter) if not _written_otherwise(case, one, letter)]
        if several and missed and letter.sent:
            who = printing.in_a_row((one.relationship or f"parent {one.order}").casefold() for one in missed)
            title, day = written.title_of(case, letter), printing.date_in_words(letter.sent)
            what = f"The letter '{title}' of {day} did not go to each parent by name. It leaves out: {who}."
            yield Finding(what, _OTHERWISE)


def _written_otherwise(case: Case, carer: Carer, letter: Letter) -> bool:
    """Whether the same letter went to a parent later, or Contacts has a row that says that one did."""
    since = letter.sent or case.made_on
    again = [one for one in written.went(case) if one.letter == letter.letter and one.sent and one.sent >= since]
    if any(carer not in written.not_written_to(case, one) for one in again):
        return True
    names = [re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE) for word in (carer.relationship, carer.name) if word]
    told = [one for one in case.casework.contacts_of.get(case.pupil.pupil_id, ()) if one.day >= since]
    said = [f"{one.outcome} {one.note}" for one in told if one.what.strip().casefold() == LETTER.casefold()]
    return any(name.search(words) for words in said for name in names)


def plan(case: Case, profile: Profile) -> Iterator[Finding]:
    """No support plan or contract has begun."""
    if not _plans(case):
        where = "Plans: agree a plan with the family, then type the day on which it begins."
        yield Finding("There is no support plan or attendance contract in the last twelve months.", where)


def plan_reviewed(case: Case, profile: Profile) -> Iterator[Finding]:
    """Plans that were never reviewed, or whose next review is overdue."""
    for one in _plans(case):
        which = told_apart(case, one)
        if since(one) is None:
            yield Finding(f"{which[:1].upper()}{which[1:]} has not been reviewed yet.", _REVIEW)
        elif _overdue(case, one):
            yield Finding(f"A review of {which} is overdue.", _REVIEW)


def _plans(case: Case) -> tuple[SupportPlan, ...]:
    """The plans that began, ended or were reviewed lately, or go on."""
    return tuple(
        one
        for one in supporting(case)
        if any(_lately(case, day) for day in (one.begins, one.ends, *one.reviewed)) or ends_on(case, one) is None
    )


def _lately(case: Case, day: date | None) -> bool:
    return day is not None and day >= case.made_on - YEAR


def _last(case: Case, templates: Collection[str]) -> date | None:
    """The day on which the last of these letters went, made by Halfday or not, where that was lately."""
    letter = written.last_of(case, templates)
    days = (letter.sent if letter else None, written.last_noted(case, templates))
    return max((day for day in days if day and _lately(case, day)), default=None)


def _overdue(case: Case, one: SupportPlan) -> bool:
    return state_of(case.policy, one, case.calendar, case.made_on).state in (OVERDUE, PAST_END)


def warning_sent(case: Case, profile: Profile) -> Iterator[Finding]:
    """No letter has warned the parents."""
    if _last(case, written.WARNINGS) is None:
        where = f"Letters: approve the warning, send it, and fill in 'Sent on'. {_BY_HAND.format('warning')}"
        yield Finding("No letter that warns the parents has gone in the last twelve months.", where)


def notice_run(case: Case, profile: Profile) -> Iterator[Finding]:
    """A notice to improve that was not sent, or whose period is not over."""
    sent = _last(case, (written.NOTICE,))
    if sent is None:
        where = "Letters: approve the notice to improve, send it to each parent, and fill in 'Sent on'."
        period = "" if _ends(case, sent) else " Then Plans: a row 'Notice to improve' with its first and last day."
        what = "No notice to improve has gone in the last twelve months."
        yield Finding(what, f"{where} {_BY_HAND.format('notice to improve')}{period}")
        return
    ends = _ends(case, sent)
    if ends is None:
        where = "Plans: a row 'Notice to improve' with the first day in 'Begins' and the last in 'Ends'."
        yield Finding("The period of the notice to improve is not written down.", where)
    elif (began := _began(case)) and ends <= began:
        first, last = printing.date_in_words(began), printing.date_in_words(ends)
        what = f"The notice to improve gave the family no time: it began or went on {first}, and ends on {last}."
        yield Finding(what, "Plans and Letters: put the days right. If they are right, the family needs a new notice.")
    elif ends >= case.made_on or case.calendar.school_days_between(case.as_of, ends) > 0:
        what = f"The notice to improve runs until {printing.date_in_words(ends)}: its last marks are still to come."
        yield Finding(what, "Wait for its last day, then make the pack.")


def _began(case: Case) -> date | None:
    """From when the family knew of the notice's period: from its first day, or the day of a letter that went later."""
    period = notice_plan(case)
    if period is None or period.begins is None:
        return None
    notices = (one for one in written.went(case) if written.template_of(case, one) == written.NOTICE)
    near = [one.sent for one in notices if one.sent and one.sent >= period.begins - _SAME_NOTICE]
    return max(period.begins, min(near, default=period.begins))


def _ends(case: Case, sent: date | None) -> date | None:
    """The last day of the notice's period. One that began long before the letter went is that of an earlier notice."""
    period = notice_plan(case)
    if period is None or period.begins is None:
        return None
    is_earlier = sent is not None and period.begins < sent - _SAME_NOTICE
    return None if is_earlier else ends_on(case, period)


def in_time(case: Case, profile: Profile) -> Iterator[Finding]:
    """The local authority's day has passed."""
    if profile.clock is None:
        return
    found = latest(profile.clock, case.casework, case.calendar, case.made_on, policy=case.policy)
    clock = found.get(case.pupil.pupil_id)
    if clock is not None and clock.due < case.made_on:
        began, due = printing.date_in_words(clock.started), printing.date_in_words(clock.due)
        what = f"The local authority wanted it by {due}, counted from {began}. {profile.clock.words}".strip()
        yield Finding(what, "Ring the local authority and ask what it would like now.")


CHECKS: Mapping[str, Check] = {
    "minutes": minutes,
    "both_parents": both_parents,
    "plan": plan,
    "plan_reviewed": plan_reviewed,
    "warning_sent": warning_sent,
    "notice_run": notice_run,
    "in_time": in_time,
}
