"""A pack from a case: its sheets in the profile's order; a draft says first what is still missing."""

from collections.abc import Iterator, Sequence

from halfday import printing
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Block, Pack, Sheet, Table, Words
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.readiness import Lack
from halfday_sync.referrals.sheets import SHEETS
from halfday_sync.referrals.sheets.cover import unread

MISSING = "missing"
_TITLE = "What is still missing"
_NOT_SENT = "This page is for the school only. It is left out once everything that is needed is there."


def pack_of(case: Case, profile: Profile, lacks: Sequence[Lack]) -> Pack:
    """The pack; a draft as long as something is missing that is needed.

    What is only advised is told on a draft, and by whoever makes the pack: a final one does not hold it.
    """
    is_draft = any(one.is_needed for one in lacks)
    first = (_missing(profile, lacks),) if is_draft else ()
    return Pack(
        profile=profile.id,
        title=profile.title,
        school=case.school.name,
        about=about(case),
        made_on=case.made_on,
        marks_until=case.as_of,
        sheets=(*first, *(SHEETS[name](case, profile) for name in profile.sheets)),
        is_draft=is_draft,
    )


def about(case: Case) -> str:
    """Whom it is about: name, date of birth, UPN, as far as they are known."""
    born = f"born {printing.date_in_words(case.pupil.dob)}" if case.pupil.dob else ""
    upn = f"UPN {case.pupil.upn}" if case.pupil.upn else ""
    return ", ".join(filter(None, (case.name, born, upn)))


def _missing(profile: Profile, lacks: Sequence[Lack]) -> Sheet:
    return Sheet(MISSING, _TITLE, tuple(_blocks(profile, lacks)))


def _blocks(profile: Profile, lacks: Sequence[Lack]) -> Iterator[Block]:
    needed = [one for one in lacks if one.is_needed]
    advised = [one for one in lacks if not one.is_needed]
    yield Words("This is a draft", (f"{_counted(needed)} Please do not send it yet.", _NOT_SENT), warning=True)
    yield _table("Needed before it can go", needed)
    if advised:
        yield _table("Better to have", advised)
    notes = (*(line for words in unread(profile) for line in words.lines), *profile.notes)
    if notes:
        yield Words(f"Good to know about {profile.authority}", notes)


def _counted(needed: Sequence[Lack]) -> str:
    return "1 thing is still missing." if len(needed) == 1 else f"{len(needed)} things are still missing."


def _table(title: str, lacks: Sequence[Lack]) -> Table:
    rows = tuple((number, one.what, one.where) for number, one in enumerate(lacks, 1))
    return Table(title, ("", "What is missing", "Where to put it right"), rows, (1, 8, 8))
