"""The family: parents and carers; brothers and sisters only where the form asks and a person confirmed it.

It is the one sheet on which a sibling may stand: the checker knows it by its title (`TITLE`).
"""

from collections.abc import Iterator, Mapping, Sequence

from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Block, Cell, Facts, Sheet, Table, Words
from halfday_sync.referrals.fields import SIBLING, all_fields
from halfday_sync.referrals.known.answers import keys, known, parents, siblings
from halfday_sync.referrals.profile import Asked, Profile
from halfday_sync.referrals.sheets.cover import fact

TITLE = "Family"
_USUAL = tuple(Asked(name) for name in ("sibling_name", "sibling_dob", "sibling_year", "sibling_attendance"))
"""What is told of a sibling where the form asks for siblings and does not say what."""
_ALWAYS = ("parent_name", "parent_relationship")
_WHERE_ASKED = ("parent_phone", "parent_lives_with", "parent_responsibility")
"""Only where the form asks for them: no more goes out than is asked for."""


def sheet(case: Case, profile: Profile) -> Sheet:
    """Those who look after the child, and the brothers and sisters that may be told."""
    told = known(case)
    return Sheet("family", TITLE, (_carers(case, profile, told), *_siblings(case, profile, told)))


def _carers(case: Case, profile: Profile, told: Mapping[str, str]) -> Table:
    asked = {one.field for one in profile.asked}
    shown = (*_ALWAYS, *(name for name in _WHERE_ASKED if name in asked))
    numbers = [number for number in range(1, parents(case) + 1) if _is_told(number, told)]
    rows = tuple(_carer(case, number, shown, told) for number in numbers)
    headings = ("", *(all_fields()[name].label for name in shown), "Gets the school's letters")
    widths = (1, 5, *(4 for _name in shown[1:]), 3)
    return Table("Parents and carers", headings, rows, widths, "Nobody is known. Fill it in by hand.")


def _is_told(number: int, told: Mapping[str, str]) -> bool:
    return any(key.startswith("parent_") and key.endswith(f".{number}") for key in told)


def _carer(case: Case, number: int, shown: Sequence[str], told: Mapping[str, str]) -> tuple[Cell, ...]:
    return (number, *(told.get(f"{name}.{number}", "") for name in shown), _letters(case, number))


def _letters(case: Case, number: int) -> str:
    if number > len(case.carers):
        return "not known"
    return "Yes" if case.carers[number - 1].letters else "No"


def _siblings(case: Case, profile: Profile, told: Mapping[str, str]) -> Iterator[Block]:
    """Nothing at all of brothers and sisters where the form does not ask for them."""
    if not profile.siblings:
        return
    asked = tuple(one for one in profile.asked if all_fields()[one.field].of == SIBLING) or _USUAL
    names = [[*keys(all_fields()[one.field], case, profile)] for one in asked]
    for number, own in enumerate(zip(*names, strict=True), 1):
        rows = tuple(fact(one, key, told) for one, key in zip(asked, own, strict=True))
        yield Facts(f"Brother or sister {number}", rows)
    if not siblings(case, profile):
        yield Words("Brothers and sisters", ("No brother or sister at this school is put into this pack.",))
    elsewhere = told.get("other_siblings", "")
    if elsewhere and "other_siblings" in {one.field for one in profile.asked}:
        yield Words(all_fields()["other_siblings"].label, tuple(elsewhere.splitlines()))
