"""Wherever another child stands in a pack, seen or not, it is found; and a pack about nobody else is clean."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_leaks import (
    NAME,
    OTHER,
    OTHERS,
    OWN,
    PAPER_PLACES,
    VOCABULARY,
    WORKBOOK_PLACES,
    clean,
    files,
    pack,
)

from halfday_sync.referrals.content import Fact, Facts
from halfday_sync.referrals.drawing.book import book
from halfday_sync.referrals.others import Others, Person
from halfday_sync.referrals.proof import Proof, prove

PLAIN = "Amira Threlkeld"
"""Written in letters that every old file format has."""


def proof(held: Mapping[str, bytes], others: Others = OTHERS, **more: object) -> Proof:
    return prove(held, others, OWN, VOCABULARY, **more)  # type: ignore[arg-type]


def kinds(found: Proof) -> set[str]:
    return {one.kind for one in found.leaks}


def test_a_pack_about_nobody_else_is_clean() -> None:
    found = proof(clean())
    assert (found.leaks, found.faults) == ((), ())
    assert [one.name for one in found.files] == ["pack.xlsx", "pack.pdf"]
    assert all(one.parts > 10 and one.texts > 20 for one in found.files)
    assert found.searched["upn"] == len(OTHERS.people)


def test_the_places_are_many() -> None:
    assert len(WORKBOOK_PLACES) >= 40
    assert len(PAPER_PLACES) >= 15


@pytest.mark.parametrize("place", WORKBOOK_PLACES)
def test_a_name_anywhere_in_the_workbook_is_found(place: str) -> None:
    held = {"pack.xlsx": WORKBOOK_PLACES[place](clean()["pack.xlsx"], PLAIN)}
    found = proof(held)
    assert "full name" in kinds(found), place
    assert {one.whose for one in found.leaks} == {("SR0503",)}
    assert "Threlkeld" not in " ".join(map(str, found.leaks)) + " ".join(found.faults)


@pytest.mark.parametrize("place", PAPER_PLACES)
def test_a_name_anywhere_in_the_paper_is_found(place: str) -> None:
    found = proof({"pack.pdf": PAPER_PLACES[place](clean()["pack.pdf"], PLAIN)})
    assert "full name" in kinds(found), place
    assert {one.whose for one in found.leaks} == {("SR0503",)}
    assert "Threlkeld" not in " ".join(map(str, found.leaks)) + " ".join(found.faults)


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        (NAME, "full name"),
        ("Lucja O’Brien-Sahin", "full name"),
        ("O'BRIEN-ŞAHIN, Łucja", "full name"),
        ("lucja obrien sahin", "full name"),
        ("Łu\u200bcja\u00a0O\u00b4Bri\u00aden\u2010Şahin", "full name"),
        ("Łucja\u2003O’Brien‑S\u0327ahin’s", "full name"),
        ("Lucja Sahin", "full name"),
        ("lucja.sahin@example.org", "full name"),
        ("LucjaSahin", "full name"),
        ("lucja%20o%27brien-sahin", "full name"),
        ("&#x141;ucja &amp;Scedil;ahin", "full name"),
        ("_x0141_ucja Sahin", "full name"),
        ("Lucja was there too.", "forename"),
        ("LUCJA was there too.", "forename"),
        ("with lucja's bag", "forename"),
        ("the O'Brien-Şahin’s car", "surname"),
        ("Sahin has moved.", "surname"),
        ("Mrs Tamsin Quarmby rang.", "carer"),
        ("Tamsin Quarmby rang.", "carer"),
        ("SR0417", "id"),
        ("sr0417: rang", "id"),
        ("OLD/88-417", "id"),
        ("A999200100417", "upn"),
        ("a 9992 0010 0417", "upn"),
        ("07700 900417", "phone"),
        ("+44 7700-900-417", "phone"),
        ("0044(0)7700.900417", "phone"),
        ("(07700) 900 417 or later", "phone"),
        ("17 Larkspur Gardens", "address"),
        ("No 17, zz997qt", "address"),
        ("He said the boiler burst and nobody slept until four, again.", "note"),
        ("THE BOILER BURST, AND NOBODY SLEPT", "note"),
        ("Pupil 380 was there.", "id"),
        ("ID: 380", "id"),
        ("Pupil no. 1204", "id"),
    ],
)
def test_everything_a_child_could_be_known_by_is_found_in_every_spelling(secret: str, kind: str) -> None:
    found = proof({"pack.xlsx": WORKBOOK_PLACES["a text that a cell could show"](clean()["pack.xlsx"], secret)})
    assert kind in kinds(found)


@pytest.mark.parametrize("kind", ["upn", "phones", "addresses", "notes", "carers", "ids"])
def test_each_kind_is_found_by_itself_in_what_our_own_writers_write(kind: str) -> None:
    value = getattr(OTHER, kind)
    secret = value if isinstance(value, str) else value[0]
    for name, data in files(f"Then: {secret}.").items():
        found = proof({name: data}, Others((Person("SR0417", forename="Zzyx", surname="Zzyxwv", **{kind: value}),)))
        assert {one.whose for one in found.leaks} == {("SR0417",)}, (name, kind)


def test_a_name_in_two_cells_beside_each_other_is_found() -> None:
    made = pack()
    beside = Facts("The child", (Fact("Grace", "Hall"),))
    cover = replace(made.sheets[0], blocks=(beside,))
    held = {"pack.xlsx": book(replace(made, sheets=(cover, *made.sheets[1:])))}
    assert ("full name", ("SR0504",)) in {(one.kind, one.whose) for one in proof(held).leaks}


def test_the_name_of_a_file_is_searched_and_not_told() -> None:
    found = proof({f"{PLAIN}.txt": b"nothing"})
    assert kinds(found) == {"full name"}
    assert [one.name for one in found.files] == ["file 1"]


def test_a_text_file_is_searched_line_by_line() -> None:
    found = proof({"manifest.toml": f'title = "x"\nnote = "{PLAIN}"\n'.encode()})
    assert ("line 2", "full name") in {(one.where, one.kind) for one in found.leaks}


@pytest.mark.parametrize(
    "words",
    [
        "Isla may come in May. Will ring on 12 May 2026.",
        "Mark the register; the mark is N. Marks until 4 Dec 2025.",
        "Ruby house won. In Ruby house all is well.",
        "Mrs Fenwick and Isla Fenwick; Fenwick, Isla; Isla's mum, Dana Fenwick. Mr Skelton came.",
        "Mrs Hall rang. Miss Kettleby and Jo Bell were there. The bell rang in the hall.",
        "380 sessions; 1204 minutes; 07700 900111; pupil 77.",
        "Rang mum about the bus pass and she will collect it tomorrow.",
        "Grace came by. May will read. Hall.",
        "3 Hazel Lane, Farthingby, ZZ99 8QT",
    ],
)
def test_innocent_words_are_no_leak(words: str) -> None:
    found = proof(files(words))
    assert [str(one) for one in found.leaks] == []
    assert found.faults == ()


def test_everyday_words_that_are_names_are_for_a_person_to_read() -> None:
    places = proof(files("Grace came by.")).to_read
    assert {(one.file, one.kind, one.whose) for one in places if one.whose == ("SR0504",)} == {
        ("pack.xlsx", "forename", ("SR0504",)),
        ("pack.pdf", "forename", ("SR0504",)),
    }
    assert not [one for one in proof(files("She will say grace in the hall.")).to_read if one.whose == ("SR0504",)]


def test_a_child_named_like_a_member_of_staff_is_for_a_person_to_read() -> None:
    found = proof(files())
    assert {one.whose for one in found.to_read} == {("SR0502",)}


def test_brothers_and_sisters_stand_on_their_own_sheet_only_where_a_person_confirmed_them() -> None:
    told = files(family=("Tariq Fenwick, UPN A999200100507",))
    assert kinds(proof(told)) >= {"full name", "upn"}
    confirmed = proof(told, siblings=("SR0507",))
    assert (confirmed.leaks, confirmed.faults) == ((), ())
    assert confirmed.explained["brothers and sisters, confirmed"] >= 4
    assert proof(told, siblings=("SR0501",)).leaks
    elsewhere = proof(files("Tariq Fenwick was away too."), siblings=("SR0507",))
    assert {one.file for one in elsewhere.leaks} == {"pack.xlsx", "pack.pdf"}


_NAMES = st.text("abcdeghiklmnoprstuvzłøğşéöÀÉŁ", min_size=3, max_size=12).filter(lambda one: one.strip() == one)


@given(
    first=_NAMES,
    last=_NAMES,
    spelt=st.sampled_from(["{} {}", "{1}, {0}", "{1} {0}", "x {} {}'s y"]),
    upper=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_any_full_name_in_a_text_is_found(first: str, last: str, spelt: str, upper: bool) -> None:  # noqa: FBT001  (hypothesis fills it in)
    others = Others((Person("SR0900", forename=first.title(), surname=last.title()),))
    said = spelt.format(*((first.upper(), last.upper()) if upper else (first.title(), last.title())))
    found = prove({"a.txt": f"Before. {said} after.".encode()}, others, replace(OWN, staff=()), ())
    assert found.leaks or found.to_read
    assert found.leaks, said
