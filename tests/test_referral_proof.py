"""The proof reads every part of a file by itself, weighs what it finds, and tells no words: each reader is needed."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_leaks import OTHERS, OWN, PAPER_PLACES, VOCABULARY, WORKBOOK_PLACES, clean, zipped

from halfday_sync.referrals import proof as proof_package
from halfday_sync.referrals.others import Others, Own, Person
from halfday_sync.referrals.proof import Leak, Place, Proof, archive, cells, paper, prove, search, workbook
from halfday_sync.referrals.proof.numbers import core, cores_in, postcodes_in, upns_in
from halfday_sync.referrals.proof.texts import Opened
from halfday_sync.referrals.proof.tokens import undisguised

PLAIN = "Amira Threlkeld"


def proof(name: str, data: bytes) -> Proof:
    return prove({name: data}, OTHERS, OWN, VOCABULARY)


def nothing(*_: Any, **__: Any) -> tuple[()]:
    return ()


def unread(*_: Any, **__: Any) -> Opened:
    return Opened()


@pytest.mark.parametrize(
    ("module", "reader", "instead", "place"),
    [
        (workbook, "_part", unread, "custom XML"),
        (workbook, "_part", unread, "who wrote the file"),
        (workbook, "_markup", nothing, "an attribute that no program knows"),
        (workbook, "_markup", nothing, "a header"),
        (workbook, "_markup", nothing, "a chart's memory"),
        (workbook, "_sheets", unread, "a text cut into runs"),
        (workbook, "_sheets", unread, "a text in its cell"),
        (cells, "_said", nothing, "a hidden row"),
        (workbook, "as_bytes_read", nothing, "a printer's settings"),
        (workbook, "as_bytes_read", nothing, "the small picture of the file"),
        (workbook, "as_bytes_read", nothing, "base64"),
        (archive, "_beside", nothing, "the comment of the archive"),
        (archive, "_beside", nothing, "an extra field of the archive"),
        (archive, "_beside", nothing, "before the beginning"),
        (archive, "_beside", nothing, "after the end"),
        (search, "undisguised", lambda text: iter([(text, False)]), "base64"),
        (paper, "_pages", nothing, "words that nobody sees"),
        (paper, "_objects", unread, "a page's label"),
        (paper, "_raw", nothing, "a comment"),
        (paper, "_raw", nothing, "before the beginning"),
    ],
)
def test_without_one_of_its_readers_something_is_missed(
    module: Any, reader: str, instead: Callable[..., Any], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "pack.pdf" if module is paper else "pack.xlsx"
    places = PAPER_PLACES if module is paper else WORKBOOK_PLACES
    data = places[place](clean()[name], PLAIN)
    whole = {(one.part, one.where) for one in proof(name, data).leaks}
    monkeypatch.setattr(module, reader, instead)
    assert {(one.part, one.where) for one in proof(name, data).leaks} < whole


@pytest.mark.parametrize("place", WORKBOOK_PLACES)
def test_what_a_pack_never_holds_is_a_fault_whoever_stands_in_it(place: str) -> None:
    ordinary = (
        *("a text that", "a text in its", "a text cut", "a header", "the footer", "the company", "who wrote"),
        *("an attribute", "a style", "the theme", "the content types"),
    )
    found = proof("pack.xlsx", WORKBOOK_PLACES[place](clean()["pack.xlsx"], "Isla Fenwick"))
    assert found.leaks == ()
    assert bool(found.faults) != place.startswith(ordinary), found.faults


@pytest.mark.parametrize("place", PAPER_PLACES)
def test_what_a_pdf_of_ours_never_holds_is_a_fault(place: str) -> None:
    ordinary = ("words", "a bookmark", "a property", "the properties", "a page's label", "a comment")
    found = proof("pack.pdf", PAPER_PLACES[place](clean()["pack.pdf"], "Isla Fenwick"))
    assert found.leaks == ()
    assert bool(found.faults) or place.startswith(ordinary)


@pytest.mark.parametrize(("name", "data"), [("pack.xlsx", b"no archive"), ("pack.pdf", b"no pdf"), ("x.exe", b"MZ")])
def test_a_file_that_cannot_be_read_is_never_clean(name: str, data: bytes) -> None:
    assert not proof(name, data).is_clean
    assert "full name" in {one.kind for one in proof(name, data + b" Amira Threlkeld").leaks}


def test_a_damaged_or_sealed_archive_is_never_clean() -> None:
    data = clean()["pack.xlsx"]
    assert not proof("pack.xlsx", data[:-40]).is_clean
    assert not proof("pack.xlsx", data[: len(data) // 2]).is_clean
    sealed = bytearray(data)
    sealed[sealed.rfind(b"PK\x01\x02") + 8] |= 1
    assert not proof("pack.xlsx", bytes(sealed)).is_clean


@given(
    name=st.sampled_from(["pack.xlsx", "pack.pdf"]),
    at=st.floats(0, 1, exclude_max=True),
    put=st.binary(min_size=1, max_size=6),
    cut=st.integers(0, 40),
)
@settings(max_examples=120, deadline=None)
def test_no_damage_stops_the_proof(name: str, at: float, put: bytes, cut: int) -> None:
    data = clean()[name]
    place = int(at * len(data))
    damaged = data[:place] + put + data[place + cut :]
    assert proof(name, damaged).files[0].size == len(damaged)


def test_those_who_cover_and_those_who_prove_share_no_code() -> None:
    folder = Path(proof_package.__file__).parent
    proving = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    covering = "".join(path.read_text(encoding="utf-8") for path in (folder.parent / "covering").glob("*.py"))
    writing = (
        "referrals.drawing",
        "referrals.pack",
        "referrals.content",
        "referrals.covering",
        "xlsxwriter",
    )
    assert not [one for one in writing if re.search(rf"^\s*(?:from|import) \S*{one}", proving, re.MULTILINE)]
    assert "class Covering" in covering
    assert "referrals.proof" not in covering


def test_a_document_type_is_a_fault() -> None:
    held = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY who "Amira Threlkeld">]><r>&who;</r>'
    found = proof("pack.xlsx", zipped({"docProps/app.xml": held.encode()}))
    assert found.faults
    assert found.leaks


def test_the_theme_that_xlsxwriter_writes_is_known() -> None:
    with zipfile.ZipFile(BytesIO(clean()["pack.xlsx"])) as held:
        theme = held.read("xl/theme/theme1.xml")
    assert b"Shruti" in theme  # a typeface, and a girl's name
    others = Others((Person("SR0900", forename="Shruti", surname="Cambria"),))
    assert prove({"pack.xlsx": clean()["pack.xlsx"]}, others, OWN, ()).is_clean


def test_fixed_words_explain_what_stands_within_them_and_single_ones_themselves() -> None:
    others = Others((Person("SR0900", forename="Kestrel", surname="Tunnel"),))
    own = Own("1")

    def leaks(text: str, *vocabulary: str) -> int:
        return len(prove({"a.txt": text.encode()}, others, own, vocabulary).leaks)

    assert leaks("Kestrel house") > 0
    assert leaks("Kestrel house", "Kestrel House") == 0
    assert leaks("Kestrel came", "Kestrel House") > 0
    assert leaks("a tunnel", "tunnel") == 0
    assert leaks("Kestrel Tunnel", "tunnel", "kestrel house") > 0


def test_places_tell_ids_and_no_words() -> None:
    place = Place("pack.pdf", "page 2", "", "surname", ("1", "2", "3", "4", "5"))
    assert str(place) == "pack.pdf, page 2: surname of pupil 1, 2, 3 and 2 more"
    assert str(Leak("a", "b", "C3", "upn", ("9",))) == "a, b, C3: upn of pupil 9"
    assert "Threlkeld" not in repr(OTHERS)
    assert OWN.surname
    assert OWN.surname not in repr(OWN)


def test_numbers_are_told_from_figures() -> None:
    assert core("+44 (0)7700 900 123") == core("07700900123") == core("0044 7700900123")
    lengths = frozenset({10})
    assert "7700900123" in set(cores_in("ring 07700 900 123 or 1", lengths))
    assert "7700900123" not in set(cores_in("17700 9001234", lengths))
    assert "7700900123" not in set(cores_in("sessions 10770 0900123", lengths))
    assert "A999200100417" in set(upns_in("upn: a-9992 0010 0417."))
    assert postcodes_in("12, zz99 7qt and ZZ998QT") == {"ZZ997QT", "ZZ998QT"}


@pytest.mark.parametrize(
    "written", ["Amira%20Threlkeld", "Amira&amp;nbsp;Threlkeld", "AmiraThrelkeld", "Amira Threl-\nkeld"]
)
def test_a_disguise_is_seen_through(written: str) -> None:
    assert any("Amira Threlkeld" in said.replace("\u00a0", " ") for said, _ in undisguised(written))
