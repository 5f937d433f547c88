"""What a check finds: a sentence that says what is missing, and one that says where it is put right."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from halfday_sync.referrals.case import Case
from halfday_sync.referrals.fields import all_fields
from halfday_sync.referrals.profile import Profile


class Finding(NamedTuple):
    """What is missing, and where to put it right. No names: the list is told on the screen as well."""

    what: str
    where: str


Check = Callable[[Case, Profile], Iterable[Finding]]


def questions(profile: Profile, *fields: str) -> str:
    """Where an answer is written: the list of questions, and what it asks there, in the form's words."""
    own = {one.field: one.label for one in profile.asked}
    named = ", ".join(f"'{own.get(one) or all_fields()[one].label}'" for one in fields)
    return f"The list of questions: {named}."
