"""The made-up school's carers: every family has some, no two schools' figures change by them, and nobody is rung."""

import re
from collections import defaultdict
from dataclasses import replace
from datetime import date

from halfday.carer import Carer
from halfday_sync.sources.sample import sample_school

SCHOOL = sample_school()
FREE = re.compile(r"01632 960\d{3}|07700 900\d{3}")


def by_pupil() -> dict[str, tuple[Carer, ...]]:
    found: dict[str, list[Carer]] = defaultdict(list)
    for one in SCHOOL.carers:
        found[one.pupil_id].append(one)
    return {pupil_id: tuple(rows) for pupil_id, rows in found.items()}


def test_everybody_has_carers_in_their_order_and_brothers_and_sisters_the_same() -> None:
    carers = by_pupil()
    families: dict[str, set[tuple[Carer, ...]]] = defaultdict(set)
    for pupil in SCHOOL.pupils:
        assert [one.order for one in carers[pupil.pupil_id]] == [*range(1, len(carers[pupil.pupil_id]) + 1)]
        families[pupil.family_id].add(tuple(replace(one, pupil_id="") for one in carers[pupil.pupil_id]))
    assert {len(rows) for rows in families.values()} == {1}


def test_every_number_is_of_those_kept_free_for_drama_and_each_is_one_person_s() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    families = {pupil.pupil_id: pupil.family_id for pupil in SCHOOL.pupils}
    for one in SCHOOL.carers:
        for phone in one.phones:
            assert FREE.fullmatch(phone)
            owners[phone].add(f"{families[one.pupil_id]} {one.name}")
    assert {len(people) for people in owners.values()} == {1}


def test_there_is_every_sort_of_family() -> None:
    surnames = {pupil.pupil_id: pupil.surname for pupil in SCHOOL.pupils}
    parents = [one for one in SCHOOL.carers if one.relationship in ("Mother", "Father")]
    same = sum(one.name.endswith(surnames[one.pupil_id]) for one in parents)
    assert 0.8 < same / len(parents) < 1
    assert any(one.relationship == "Father" and not one.letters for one in SCHOOL.carers)
    assert any(len(rows) == 1 for rows in by_pupil().values())
    assert any(not one.phones for one in SCHOOL.carers)
    assert any(len(one.phones) == 2 for one in SCHOOL.carers)
    cared_for = {pupil.pupil_id for pupil in SCHOOL.pupils if pupil.lac}
    assert all(by_pupil()[who][0].relationship == "Foster carer" for who in cared_for)


def test_the_same_seed_gives_the_same_carers_and_another_others() -> None:
    assert sample_school(pupils=60, seed=7).carers == sample_school(pupils=60, seed=7).carers
    assert sample_school(pupils=60, seed=7).carers != sample_school(pupils=60, seed=8).carers


def test_on_a_day_they_are_told_of_those_who_had_started_and_not_left() -> None:
    day = date(2026, 3, 2)
    known = SCHOOL.as_known_on(day)
    here = {pupil.pupil_id for pupil in known.pupils if not pupil.end_date}
    assert {one.pupil_id for one in known.carers or ()} == here
    assert len(here) < len(known.pupils) < len(SCHOOL.pupils)
    assert known == SCHOOL.as_known_on(day)


def test_the_largest_school_has_carers_too() -> None:
    assert {one.pupil_id for one in sample_school(pupils=1).carers} == {"P0001"}
