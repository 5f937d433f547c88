"""Contacts at Wonde: who is rung first, who gets letters, and all that the recorded page shows of oddities."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.wonde_pull import by_admission, source
from tests.wonde_school import Row, big_school, contact, dated, little_school
from tests.wonde_service import CONTACTS, PLANS, Service

from halfday.carer import Carer
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.sample import sample_school
from halfday_sync.sources.wonde.contacts import NOT_SHARED

PUPIL = "001805"
PHONES = {"phone": "01632 960001"}


def told(*contacts: Row) -> tuple[list[Carer], Snapshot]:
    """What comes out of these contacts of one pupil; nobody else has any."""
    with Service(little_school()) as wonde:
        wonde.school.contacts = {by_admission(wonde, PUPIL): list(contacts)}
        snapshot = source(wonde).pull(None)
    return list(snapshot.carers or ()), snapshot


def mother(**relation: Any) -> Row:
    return contact("mother", "Mrs Anna Contactson", "Mother", phones=PHONES, **relation)


def father(**relation: Any) -> Row:
    return contact("father", "Mr Bert Contactson", "Father", phones={"mobile": "07700 900001"}, **relation)


def test_the_one_with_the_first_priority_is_rung_first_with_the_first_number_once() -> None:
    numbers = {"phone": "01632 960001", "primary": "07700 900001", "home": "01632960001", "mobile": "07700 900001"}
    first = contact("m", "MRS Anna Contactson", "Step Mother", phones=numbers, priority=1)
    found, _ = told(
        father(priority=2), first, contact("g", "Mrs Gill Contactson", "Other Family Member", priority=None)
    )
    assert found == [
        Carer(PUPIL, 1, "Mrs A Contactson", "Step Mother", ("07700 900001", "01632 960001")),
        Carer(PUPIL, 2, "Mr B Contactson", "Father", ("07700 900001",)),
        Carer(PUPIL, 3, "Mrs G Contactson", "Other Family Member"),
    ]


def test_of_two_with_one_priority_the_one_they_live_with_is_rung_first_then_who_is_listed_first() -> None:
    apart = father(lives_with_pupil=False)
    assert [one.relationship for one in told(apart, mother())[0]] == ["Mother", "Father"]
    assert [one.relationship for one in told(father(), mother())[0]] == ["Father", "Mother"]


@pytest.mark.parametrize(
    ("relation", "letters"),
    [
        ({"parental_responsibility": True, "correspondence": False}, True),
        ({"parental_responsibility": False, "correspondence": True}, True),
        ({"parental_responsibility": False, "correspondence": False}, False),
        ({"parental_responsibility": None, "correspondence": None}, False),
        ({"parental_responsibility": True, "court_order": True}, False),
    ],
)
def test_letters_go_to_whom_the_school_says_and_to_nobody_with_a_court_order(relation: Row, letters: bool) -> None:  # noqa: FBT001
    (one,), snapshot = told(mother(**relation))
    assert one.letters == letters
    noted = any("1 contact with a court order noted: no letter goes there" in note for note in snapshot.notes)
    assert noted == bool(relation.get("court_order"))


def test_one_person_under_two_ids_is_one_and_two_people_with_one_upi_are_two() -> None:
    again = {**father(), "id": "A1"} | {"contact_details": {"data": {"phones": {"home": "01632 960009"}}}}
    other = {**mother(), "upi": again["upi"]}
    found, snapshot = told(father(), again, other)
    assert [(one.name, one.phones) for one in found] == [
        ("Mr B Contactson", ("07700 900001", "01632 960009")),
        ("Mrs A Contactson", ("01632 960001",)),
    ]
    assert "Wonde: 1 contact told twice: taken as one person each" in snapshot.notes


def test_the_pupil_among_their_own_contacts_is_no_carer_and_somebody_with_their_upi_alone_is() -> None:
    """Both were recorded: a number of a pupil may be a contact's, too, and `upi` is a hash of it."""
    school = little_school()
    record = next(
        row for row in school.students.values() if row["education_details"]["data"]["admission_number"] == PUPIL
    )
    itself = {**mother(), "upi": record["upi"], "date_of_birth": copy.deepcopy(record["date_of_birth"])}
    somebody = {**father(), "upi": record["upi"], "date_of_birth": dated(date(1990, 1, 1), "UTC")}
    found, snapshot = told(itself, somebody)
    assert [one.relationship for one in found] == ["Father"]
    assert any(note.startswith("1 contact left out: by number and birthday") for note in snapshot.notes)


@pytest.mark.parametrize("broken", [None, {}, [], {"data": None}, {"data": {"phones": None}}, {"data": {"phones": []}}])
def test_without_contact_details_the_names_are_known_and_no_numbers(broken: Any) -> None:
    found, _ = told({**mother(), "contact_details": broken})
    assert found == [Carer(PUPIL, 1, "Mrs A Contactson", "Mother")]


@pytest.mark.parametrize("broken", [None, "Mother", [], {"data": None}])
def test_a_relationship_of_another_shape_is_none_and_gives_nobody_letters(broken: Any) -> None:
    found, snapshot = told({**mother(), "relationship": broken})
    assert found == [Carer(PUPIL, 1, "Mrs A Contactson", "", ("01632 960001",), letters=False)]
    assert any("it does not tell to whom letters go" in note for note in snapshot.notes)


def refused(wonde: Service) -> None:
    wonde.forbidden.add(CONTACTS[0])


def refused_with_the_plans(wonde: Service) -> None:
    wonde.forbidden |= {CONTACTS[0], PLANS}


def null(wonde: Service) -> None:
    wonde.hidden.add(CONTACTS[0])


def empty(wonde: Service) -> None:
    wonde.school.contacts.clear()


@pytest.mark.parametrize("unshare", [refused, refused_with_the_plans, null, empty])
def test_where_contacts_are_not_shared_all_else_comes_and_it_is_said(unshare: Callable[[Service], None]) -> None:
    with Service(little_school()) as wonde:
        whole = source(wonde).pull(None)
        unshare(wonde)
        found = source(wonde).pull(None)
        looks = {look.title: look for look in source(wonde).look()}
    assert (bool(whole.carers), found.carers) == (True, None)
    assert found.notes.count(NOT_SHARED) == 1
    assert "no number to ring" in looks["contacts"].words
    if unshare is not refused_with_the_plans:  # without the plans, child protection is not told either
        assert replace(found, carers=whole.carers, notes=()) == replace(whole, notes=())


def test_the_look_says_for_how_many_there_is_a_number() -> None:
    with Service(little_school()) as wonde:
        without = by_admission(wonde, PUPIL)
        wonde.school.contacts[without] = [contact("m", "Mrs Anna Contactson", "Mother")]
        looks = {look.title: look for look in source(wonde).look()}
    here = len(wonde.school.students)
    assert looks["contacts"].words == f"Contacts of {here} of {here} pupils, with a number to ring for {here - 1}."


def test_nobody_rings_about_a_child_who_has_left() -> None:
    with Service(little_school()) as wonde:
        student = by_admission(wonde, PUPIL)
        wonde.school.leave(student, date(2025, 9, 12))
        snapshot = source(wonde).pull(None)
        asked = [path for path in wonde.asked if "students-leaver" in path]
    assert PUPIL not in {one.pupil_id for one in snapshot.carers or ()}
    assert asked
    assert not [path for path in asked if "contacts" in path]


def test_contacts_come_with_the_pupils_and_cost_no_request() -> None:
    with Service(big_school(sample_school(pupils=60), date(2025, 9, 12))) as wonde:
        everything = source(wonde).pull(None)
        asked = len(wonde.asked)
        wonde.school.contacts.clear()
        source(wonde).pull(None)
    assert len(everything.carers or ()) > 60
    assert len(wonde.asked) == 2 * asked
