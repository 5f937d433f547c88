"""Checks of what only people know: the reason, Early Help, the child's voice, parents and their details, who signs."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from halfday import printing
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.checks.finding import Check, Finding, questions
from halfday_sync.referrals.known.answers import day_of, known, parents, reason_of
from halfday_sync.referrals.profile import REASONS, Profile

MONTHS = 6
"""So old the parents' details may be; forms ask for it (`law_and_policies.md` section 5, Kent)."""
_NO, _YES = re.compile(r"no(ne)?\b"), re.compile(r"yes\b")
"""How an answer begins that says so; "not known" says nothing."""


def reason(case: Case, profile: Profile) -> Iterator[Finding]:
    """No reason, one the form does not take, or two that differ."""
    said, where = reason_of(case), questions(profile, "reason")
    if not said:
        yield Finding("Nobody has noted why the child is referred.", where)
    elif profile.reasons and said not in profile.reasons:
        taken = ", ".join(REASONS.get(one, one) for one in profile.reasons)
        what = f"The form of {profile.authority} does not take this reason: {REASONS.get(said, said)}."
        yield Finding(what, f"It takes: {taken}. {where}")
    elif case.reason and said != case.reason:
        words = f"the list of questions says {REASONS.get(said, said)}, --reason says {REASONS.get(case.reason, '')}"
        yield Finding(f"Two reasons are given: {words}.", questions(profile, "reason"))


def early_help(case: Case, profile: Profile) -> Iterator[Finding]:
    """Nobody has said where Early Help stands."""
    yield from _unless(case, profile, "early_help", "Nobody has noted where Early Help stands with this family.")


def voice(case: Case, profile: Profile) -> Iterator[Finding]:
    """What the child says is not written down, or not by whom or when."""
    told = known(case)
    missing = [name for name in ("voice", "voice_by", "voice_on") if name not in told]
    if missing:
        without = "What the child says is not written down" if "voice" in missing else "The talk with the child lacks"
        rest = "." if "voice" in missing else f" {'who' if 'voice_by' in missing else 'when'}."
        yield Finding(f"{without}{rest}", questions(profile, *missing))
    day = day_of(case, "voice_on")
    if day is not None and day > case.made_on:
        what = "The talk with the child has a day that lies after the one on the pack."
        yield Finding(what, questions(profile, "voice_on"))


def barriers(case: Case, profile: Profile) -> Iterator[Finding]:
    """Nobody has written down what makes coming to school hard."""
    where = f"Plans: 'What makes it hard'. {questions(profile, 'barriers')}"
    yield from _unless(case, profile, "barriers", "It is not written down what makes coming to school hard.", where)


def parents_known(case: Case, profile: Profile) -> Iterator[Finding]:
    """Parents without a name."""
    told = known(case)
    bare = [number for number in range(1, parents(case) + 1) if f"parent_name.{number}" not in told]
    if bare:
        everybody = len(bare) == parents(case)
        some = f"The name of parent or carer {printing.in_a_row(map(str, bare))} is not known."
        what = "No parent or carer is known by name." if everybody else some
        yield Finding(what, f"The MIS: fill in their names. {questions(profile, 'parent_name')}")


def parents_checked(case: Case, profile: Profile) -> Iterator[Finding]:
    """Details of parents that nobody has checked lately."""
    days = {number: day_of(case, f"parent_checked.{number}") for number in range(1, parents(case) + 1)}
    first = _months_before(case.made_on)
    old = [str(number) for number, day in days.items() if day is None or not first <= day <= case.made_on]
    if old:
        what = f"The details of parent or carer {printing.in_a_row(old)} were not checked in the last six months."
        yield Finding(what, f"Check them with the parent. {questions(profile, 'parent_checked')}")


def head(case: Case, profile: Profile) -> Iterator[Finding]:
    """The headteacher's name is not known."""
    where = f"The settings: 'sender' of [letters], where the head signs. {questions(profile, 'head')}"
    yield from _unless(case, profile, "head", "The name of the headteacher is not known.", where)


def address(case: Case, profile: Profile) -> Iterator[Finding]:
    """The child's address is not known."""
    yield from _unless(case, profile, "address", "The address of the child is not known.")


def not_lac(case: Case, profile: Profile) -> Iterator[Finding]:
    """A child who is looked after, or of whom nobody has said that it is not."""
    said = known(case).get("lac", "").casefold()
    if not _NO.match(said) and not _YES.match(said):
        yield Finding("Nobody has noted whether the child is looked after.", questions(profile, "lac"))
    elif not _NO.match(said):
        what = "This child is looked after. Please stop here."
        where = f"Ring {profile.authority} and the virtual school before anything else is done."
        yield Finding(what, f"{where} If it is a mistake: the MIS, or the list of questions.")


def parents_told(case: Case, profile: Profile) -> Iterator[Finding]:
    """The parents were not told that the absence is unauthorised, or nobody has said so."""
    if not _YES.match(known(case).get("parents_told", "").casefold()):
        what = "Nobody has noted that the parents were told that the absence is unauthorised."
        yield Finding(what, f"Tell them, then answer. {questions(profile, 'parents_told')}")


CHECKS: Mapping[str, Check] = {
    "reason": reason,
    "early_help": early_help,
    "voice": voice,
    "barriers": barriers,
    "parents_known": parents_known,
    "parents_checked": parents_checked,
    "head": head,
    "address": address,
    "not_lac": not_lac,
    "parents_told": parents_told,
}


def _unless(case: Case, profile: Profile, field: str, what: str, where: str = "") -> Iterator[Finding]:
    if field not in known(case):
        yield Finding(what, where or questions(profile, field))


def _months_before(day: date) -> date:
    """The same day six months earlier, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - MONTHS, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, last))
