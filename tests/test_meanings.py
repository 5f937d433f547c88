"""The words of an MIS for year groups, SEN, enrolment, sex and flags: read alike wherever they come from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfday.early_years import BEFORE_RECEPTION, is_before_reception
from halfday_sync.sources.meanings import Unread, enrolment, sen, sex, year_group, yes_no


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((text, "R") for text in ("R", "Rec", "RECEPTION", "Year R", "YR", "0", "00", "Year 0", "Year  00", "Y0")),
        *((text, "4") for text in ("4", "04", "Y4", "Yr 4", "yr4", "Year  4", "Year 04", "NC Year 4", "Year Group 4")),
        *((text, text.upper()) for text in ("E1", "e2", "N1", "n2", "X", "14")),
        ("Year N2", "N2"),
        ("Nursery", "N"),
        *((text, None) for text in ("15", "4/5", "Year", "4 Oak", "KS2", "²", "Y123", "Blue")),
    ],
)
def test_a_year_group_is_read_in_every_spelling(written: str, meant: str | None) -> None:
    assert year_group(written) == meant


def test_years_before_reception_are_those_that_nobody_is_chased_for() -> None:
    """E2 is the DfE's "Early second year"; where Bromcom writes it for Reception, that is read as R before."""
    assert all(map(is_before_reception, (*BEFORE_RECEPTION, "Nursery", "Year N2")))
    assert not any(map(is_before_reception, ("R", "1", "")))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((text, "E") for text in ("E", "EHCP", "EHC Plan", "Education, Health and Care  Plan", "E – EHC plan")),
        *((text, "K") for text in ("k", "SEN Support", "K - SEN Support", "Support", "K:SEN support")),
        *((text, "N") for text in ("N", "None", "No SEN", "No Special Educational Needs", "N - No SEN")),
        *((text, None) for text in ("A", "S", "P", "Wave 2", "Action plus", "K2")),
    ],
)
def test_sen_is_read_in_every_spelling(written: str, meant: str | None) -> None:
    assert sen(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((text, "C") for text in ("C", "Current", "Single Registration", "Current (single registration)")),
        *((text, "M") for text in ("m", "Current Main (dual)", "Main – Dual Registration")),
        *((text, "S") for text in ("S", "Current Subsidiary (dual registration)")),
        *((text, "G") for text in ("Guest Pupil", "Guest (pupil not registered at this school)")),
        *((text, "") for text in ("Leaver", "L", "Applicant", "F")),
        *((text, None) for text in ("Honorary", "Not registered", "Q")),
    ],
)
def test_an_enrolment_is_read_in_every_spelling(written: str, meant: str | None) -> None:
    assert enrolment(written) == meant


def test_flags_and_sexes_are_read_in_every_spelling() -> None:
    assert {yes_no(text) for text in ("T", "true", "Yes", "y", "1")} == {True}
    assert {yes_no(text) for text in ("F", "False", "No", "n", "0")} == {False}
    assert {yes_no(text) for text in ("", "?", "Ever 6")} == {None}
    assert [sex(text) for text in ("Male", "f", " M ", "other")] == ["M", "F", "M", None]


@given(st.text(max_size=12))
def test_what_is_meant_means_itself(text: str) -> None:
    for reader in (year_group, sen, sex):
        meant = reader(text)
        assert meant is None or reader(meant) == meant
    assert enrolment(text) in {None, "", "C", "M", "S", "G"}


def test_a_word_is_counted_once_for_each_pupil_and_never_repeated_where_it_may_be_a_name() -> None:
    unread = Unread()
    for who in ("1", "1", "2"):
        assert unread.read("SEN", sen, "Smith", who) is None
    assert unread.read("SEN", sen, " ", "3") is None
    assert unread.read("SEN", sen, "K", "3") == "K"
    assert list(unread.tell()) == ["SEN: text of 5 characters is not known and was left blank for 2 pupils"]
