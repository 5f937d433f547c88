"""What was done and agreed so far, from what staff wrote down: dates and kinds. Their notes are never quoted."""

from collections.abc import Iterator, Sequence
from datetime import date

from halfday import contacted, printing
from halfday.policy.model import Policy
from halfday_sync.casework import Casework, Minute, SupportPlan

FAMILY_MEETING = "family"
"""The meeting on Minutes at which the family is there; what other meetings agree is for staff."""
_PLANS = {"part-time-timetable": "part-time timetable", "attendance-chart": "attendance chart"}
_SHOWN = {contacted.VISIT.casefold(): "a visit at home", contacted.MEETING.casefold(): "a meeting"}
_TALKS = {contacted.CALL.casefold(): "on the telephone", contacted.MESSAGE.casefold(): "by message"}
_AGREED = {
    "ring the family": "We will ring you",
    "visit": "We will visit you at home",
    "meet the family": "We will meet again",
    "write to the family": "We will write to you",
    "make a plan": "We will make a plan together",
    "go on with the plan": "We go on with the plan that we made together",
    "ask the local authority": "We will ask the local authority's attendance team for help",
}
_FOR_STAFF = frozenset({"keep watching", "end the plan", "step down", "nothing more to do"})
_MOST = 8


def support_given(policy: Policy, casework: Casework, pupil_ids: Sequence[str], since: date, until: date) -> list[str]:
    """Meetings, visits, plans and letters with their dates, and how often the family was spoken to."""
    dated = [*_contacts(casework, pupil_ids), *_plans(policy, casework, pupil_ids), *_sent(casework, pupil_ids)]
    told = dict.fromkeys(sorted((day, words) for day, words in dated if since <= day <= until))
    lines = [f"{printing.date_in_full(day)}: {words}" for day, words in told]
    return [*_talks(casework, pupil_ids, since, until), *lines[-_MOST:]]


def actions_agreed(casework: Casework, pupil_ids: Sequence[str], since: date, until: date) -> list[str]:
    """What the last meeting with the family agreed, and what the plans that run now offer."""
    met = [
        one
        for one in casework.minutes
        if one.pupil_id in pupil_ids and since <= one.day <= until and one.meeting.strip().casefold() == FAMILY_MEETING
    ]
    last = max((one.day for one in met), default=None)
    lines = [words for one in met if one.day == last for words in _agreed(one)]
    lines += [
        line.strip(" -•\t")
        for plan in casework.plans
        if plan.pupil_id in pupil_ids and _runs(plan, until)
        for line in plan.support.splitlines()
    ]
    return [*dict.fromkeys(filter(None, lines))][:_MOST]


def _contacts(casework: Casework, pupil_ids: Sequence[str]) -> Iterator[tuple[date, str]]:
    for one in casework.contacts:
        kind = one.what.strip().casefold()
        if one.pupil_id in pupil_ids and one.reached and kind in _SHOWN:
            yield one.day, _SHOWN[kind]


def _talks(casework: Casework, pupil_ids: Sequence[str], since: date, until: date) -> Iterator[str]:
    """Talks are counted, not listed: one call may have been about a cold."""
    for kind, how in _TALKS.items():
        days = {
            one.day
            for one in casework.contacts
            if one.pupil_id in pupil_ids
            and since <= one.day <= until
            and one.reached
            and one.what.strip().casefold() == kind
        }
        if days:
            times = {1: "once", 2: "twice"}.get(len(days), f"{len(days)} times")
            last = printing.date_in_full(max(days))
            yield f"We spoke {how} {times}, {'on' if len(days) == 1 else 'last on'} {last}"


def _plans(policy: Policy, casework: Casework, pupil_ids: Sequence[str]) -> Iterator[tuple[date, str]]:
    titles = {plan.id: plan.title for plan in policy.plans} | _PLANS
    for plan in casework.plans:
        if plan.pupil_id in pupil_ids and plan.begins and plan.plan != "notice-to-improve":
            title = titles.get(plan.plan, "a support plan").partition(" (")[0]  # what is in brackets is for staff
            yield plan.begins, f"{title[:1].lower()}{title[1:]} began"


def _sent(casework: Casework, pupil_ids: Sequence[str]) -> Iterator[tuple[date, str]]:
    for letter in casework.letters:
        if letter.sent and any(child.pupil_id in pupil_ids for child in letter.children):
            yield letter.sent, "a letter from school"


def _agreed(one: Minute) -> Iterator[str]:
    said = " ".join(one.agreed.split())
    if not said or said.casefold() in _FOR_STAFF:
        return
    by = f" (by {printing.date_in_full(one.next_due)})" if one.next_due else ""
    yield f"{_AGREED.get(said.casefold(), said)}{by}"


def _runs(plan: SupportPlan, day: date) -> bool:
    return (plan.begins is None or plan.begins <= day) and (plan.ends is None or day <= plan.ends)
