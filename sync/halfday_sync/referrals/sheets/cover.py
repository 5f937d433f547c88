"""The cover: what the form asks, in the form's order and words; what nobody knows is a line to fill in by hand."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from halfday import printing
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Block, Fact, Facts, Sheet, Words
from halfday_sync.referrals.fields import PARENT, SIBLING, all_fields
from halfday_sync.referrals.known.answers import keys, known
from halfday_sync.referrals.profile import Asked, Part, Profile

SIBLINGS, NO_SIBLINGS = "See the sheet Family", "Not in this pack"
COVERED = "Where it says [another child], the name of another pupil has been covered."


def sheet(case: Case, profile: Profile) -> Sheet:
    """The cover."""
    told = known(case)
    parts = [block for part in profile.parts for block in _part(part, case, profile, told)]
    return Sheet("cover", "Cover", (*unread(profile), _head(case, profile), *parts))


def unread(profile: Profile) -> tuple[Words, ...]:
    """That the form is to be looked up, where nobody could read it."""
    if profile.form_read:
        return ()
    when = f" ({printing.date_in_words(profile.checked)})" if profile.checked else ""
    return (
        Words(
            "Check against the current form",
            (
                (
                    f"The form that {profile.authority} uses now was not found{when}. "
                    "These pages follow an older or a general one."
                ),
                "Please lay them beside the current form before they are sent.",
            ),
            warning=True,
        ),
    )


def _head(case: Case, profile: Profile) -> Facts:
    """What it is, and to whom it goes."""
    rows = [Fact("What this is", profile.title), Fact("To", profile.authority), Fact("About", case.name)]
    if case.covered:
        rows.append(Fact("In people's own words", COVERED))
    return Facts("This pack", tuple(row for row in rows if row.value))


def _part(part: Part, case: Case, profile: Profile, told: Mapping[str, str]) -> Iterator[Block]:
    """A block of the form; what is asked of each parent stands once for each."""
    for is_parents, asked in groupby(part.asked, key=lambda one: _of(one) == PARENT):
        if is_parents:
            yield from _parents(part.title, tuple(asked), case, profile, told)
        else:
            yield Facts(part.title, tuple(_facts(asked, profile, told)))


def _of(asked: Asked) -> str:
    return all_fields()[asked.field].of


def _facts(asked: Iterable[Asked], profile: Profile, told: Mapping[str, str]) -> Iterator[Fact]:
    """What is asked of the child. Siblings stand on a sheet of their own: one line says so, wherever they are asked."""
    siblings_told = False
    for one in asked:
        if _of(one) != SIBLING:
            yield fact(one, one.field, told)
        elif not siblings_told:
            siblings_told = True
            yield Fact("Brothers and sisters", SIBLINGS if "family" in profile.sheets else NO_SIBLINGS)


def _parents(
    title: str, asked: tuple[Asked, ...], case: Case, profile: Profile, told: Mapping[str, str]
) -> Iterator[Facts]:
    by_parent = zip(*(keys(all_fields()[one.field], case, profile) for one in asked), strict=True)
    for number, names in enumerate(by_parent, 1):
        rows = tuple(fact(one, key, told) for one, key in zip(asked, names, strict=True))
        yield Facts(f"{title}: parent or carer {number}", rows)


def fact(asked: Asked, key: str, told: Mapping[str, str]) -> Fact:
    """What the form asks, and the answer; where there is none, a line to write on."""
    value = told.get(key, "")
    return Fact(asked.label or all_fields()[asked.field].label, value, by_hand=not value)
