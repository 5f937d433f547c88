"""What a local authority asks for is data: each profile loads, says where it comes from, and names all its faults."""

import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfday_sync.errors import SettingsError
from halfday_sync.referrals import profiles
from halfday_sync.referrals.fields import EITHER, HALFDAY, KINDS, PARENT, PERSON, SIBLING, all_fields, shipped
from halfday_sync.referrals.profile import EXTRACT, FIELDS_OF_CHECK, REASONS, REFERRAL, SUMMARY, Asked, Profile

AUTHORITIES = ("dudley", "essex", "generic", "kent", "lancashire", "norfolk", "oxfordshire", "rotherham", "wirral")
OTHERS = {"send-review": EXTRACT, "transfer-record": EXTRACT, "governors-summary": SUMMARY}
NOT_FOUND = ("wirral", "dudley", "lancashire", "generic")
"""No form and no rules of theirs were found."""


def shipped_profile(name: str) -> Profile:
    return profiles.load(profiles.find(name))


@pytest.mark.parametrize("name", AUTHORITIES)
def test_each_authority_has_a_profile_that_says_where_it_comes_from(name: str) -> None:
    profile = shipped_profile(name)
    assert (profile.id, profile.kind) == (name, REFERRAL)
    assert profile.checked is not None
    assert profile.authority
    assert profile.source
    assert profile.statements
    assert profile.signed_by
    assert set(profile.reasons) <= set(REASONS)


def test_there_are_these_and_no_others() -> None:
    assert profiles.names() == tuple(sorted((*AUTHORITIES, *OTHERS)))
    assert {name: shipped_profile(name).kind for name in OTHERS} == OTHERS


def test_where_no_form_was_found_the_order_is_that_of_the_generic_one_and_it_says_so() -> None:
    generic = shipped_profile("generic")
    for name in NOT_FOUND:
        profile = shipped_profile(name)
        assert not profile.form_read
        assert profile.asked == generic.asked


def test_what_each_authority_sends_back_is_needed() -> None:
    # features.md line 24 and law_and_policies.md section 5
    rotherham, oxfordshire, kent, norfolk = map(shipped_profile, ("rotherham", "oxfordshire", "kent", "norfolk"))
    assert rotherham.certificate.years == 2
    assert rotherham.clock is not None
    assert rotherham.clock.working_days == 10
    assert rotherham.clock.after == ("intent", "notice-to-improve")
    assert needed(rotherham) >= {"early_help", "plan", "both_parents", "head", "notice_run"}
    assert oxfordshire.certificate.sessions == 60
    assert needed(oxfordshire) >= {"no_n", "holiday_coded", "early_help", "not_lac"}
    assert needed(kent) >= {"parents_checked", "not_lac", "parents_told"}
    assert needed(norfolk) >= {"barriers", "plan", "notice_run"}
    assert norfolk.asked[0].field == "parents_reasons"
    assert norfolk.asked[1] == Asked("barriers", "Barriers that were identified")


def needed(profile: Profile) -> set[str]:
    return {check for check, weight in profile.checks.items() if weight == "needed"}


def test_nobody_refers_a_child_with_unresolved_marks_or_below_compulsory_age() -> None:
    for name in AUTHORITIES:
        assert needed(shipped_profile(name)) >= {"no_n", "no_missing", "compulsory_age", "not_lac", "reason"}


def test_brothers_and_sisters_are_asked_for_only_where_a_form_was_seen_that_does() -> None:
    assert [name for name in AUTHORITIES if shipped_profile(name).siblings] == ["kent"]


def test_a_field_weighs_by_itself_or_through_the_check_that_looks_at_it() -> None:
    profile = shipped_profile("rotherham")
    weights = {one: profile.weight(one) for one in ("dob", "early_help", "voice_by", "upn", "reason_words")}
    assert weights == {
        "dob": "needed",
        "early_help": "needed",
        "voice_by": "advised",
        "upn": "",
        "reason_words": "advised",
    }


# --- The fields -------------------------------------------------------------------------------------------------------


def test_the_fields_are_of_known_kinds_and_excel_takes_their_choices() -> None:
    told = tomllib.loads((shipped() / "fields.toml").read_text(encoding="utf-8"))["field"]
    assert len(told) == len(all_fields())
    for field in all_fields().values():
        assert field.by in {HALFDAY, PERSON, EITHER}
        assert field.kind in KINDS
        assert field.of in {"", PARENT, SIBLING}
        assert (field.kind == "choice") == bool(field.choices)
        assert not any("," in one for one in field.choices)
        assert len(",".join(field.choices)) <= 255


def test_the_reasons_are_the_choices_of_their_field() -> None:
    assert tuple(REASONS.values()) == all_fields()["reason"].choices
    assert set(chain.from_iterable(FIELDS_OF_CHECK.values())) <= set(all_fields())


# --- Finding and reading ----------------------------------------------------------------------------------------------

LEAST = 'title = "Ours"\nauthority = "Our council"\nkind = "referral"\nsheets = ["cover"]\n'


def own(school: Path, name: str, text: str = LEAST) -> Path:
    path = school / profiles.OWN_FOLDER / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_schools_own_profile_comes_before_ours(tmp_path: Path) -> None:
    assert profiles.find("rotherham", tmp_path) == shipped() / "rotherham.toml"
    ours = own(tmp_path, "rotherham")
    own(tmp_path, "our-town")
    assert profiles.find("rotherham", tmp_path) == ours
    assert "our-town" in profiles.names(tmp_path)
    assert profiles.names(tmp_path).count("rotherham") == 1


def test_a_profile_may_be_a_file_from_here_or_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(LEAST, encoding="utf-8")
    assert profiles.find(str(tmp_path / "mine.toml")) == tmp_path / "mine.toml"
    assert profiles.find("mine.toml", tmp_path) == tmp_path / "mine.toml"


@pytest.mark.parametrize("name", ["rotheram", "fields", "nowhere.toml", ""])
def test_a_name_that_there_is_not_is_answered_with_those_that_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no referral profile") as fault:
        profiles.find(name, tmp_path)
    assert "rotherham" in fault.value.text()


def test_the_mark_that_old_notepad_writes_does_no_harm(tmp_path: Path) -> None:
    path = own(tmp_path, "our-town", f"\ufeff{LEAST}")
    assert profiles.load(path).title == "Ours"


WRONG = """
title = 3
authorty = "Our council"
kind = "referal"
form_read = "yes"
checked = "2026-09-01"
reasons = ["unauthorised", "truancy"]
sheets = "cover"
[certificate]
years = 3
signed = "Head"
[clock]
after = ["warning"]
working_days = 0
[ready]
no_n = "must"
[[part]]
title = "The child"
asked = ["dob", "date_of_birht", { field = "upn", weight = "very" }, { label = "x" }, 7]
[[part]]
asked = "dob"
"""


def test_every_fault_is_named_at_once_with_its_place_and_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as fault:
        profiles.load(own(tmp_path, "Our_Town", WRONG))
    problems = fault.value.problems
    places = (
        "the name of the file: 'Our_Town'; use small letters",
        "title: write it in quotes",
        "authorty: there is no 'authorty'; did you mean 'authority'?",
        "kind: there is no 'referal'; did you mean 'referral'?",
        "form_read: write true or false",
        "checked: write a day as 2026-09-01, without quotes",
        "reasons: there is no 'truancy'; known: unauthorised, leave, late, exclusion",
        "sheets: write a list of words in quotes",
        "certificate.years: write 1 for this school year, 2 for this and the one before",
        "certificate.signed: there is no 'signed'; did you mean 'signed_by'?",
        "clock.working_days: write a whole number from 1 to 100",
        "ready.no_n: write 'needed' or 'advised'",
        "part 1.asked 2: there is no 'date_of_birht'",
        "part 1.asked 3.weight: there is no 'very'; known: needed, advised",
        "part 1.asked 4.field: is missing",
        "part 1.asked 5: write the id of a field in quotes",
        "part 2.title: is missing",
        "part 2.asked: write a list",
    )
    assert [place for place in places if not any(one.startswith(place) for one in problems)] == []
    assert len(problems) == len(places)
    assert fault.value.now


@pytest.mark.parametrize("text", ["title = ", "\x00", 'title = "a'])
def test_a_file_that_is_no_toml_is_said_so(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"our-town\.toml cannot be read as TOML"):
        profiles.load(own(tmp_path, "our-town", text))


ODD: tuple[object, ...] = (
    3,
    -1,
    True,
    1.5,
    "",
    "dob",
    date(2026, 9, 1),
    [],
    ["cover"],
    [3],
    {},
    {"field": "dob"},
    [{"title": "T"}],
    None,
)
"""Values that a person, or a program, might put somewhere; the last one: the key is taken away."""


def places(said: object, so_far: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document."""
    for key, value in said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ():
        yield (*so_far, key)
        yield from places(value, (*so_far, key))


@cache
def document(name: str) -> tuple[str, tuple[tuple[str | int, ...], ...]]:
    text = profiles.find(name).read_text(encoding="utf-8")
    return text, tuple(places(tomllib.loads(text)))


@given(st.sampled_from(AUTHORITIES), st.lists(st.tuples(st.integers(0, 999), st.sampled_from(ODD)), max_size=3))
def test_whatever_a_file_says_it_is_a_profile_or_its_faults_are_told(name: str, odd: list[tuple[int, object]]) -> None:
    text, there = document(name)
    said = tomllib.loads(text)
    for at, value in odd:
        put(said, there[at % len(there)], value)
    faults = [*profiles._faults("ours", said)]
    assert all(re.match(r"[\w. ]+: \S", fault) for fault in faults)
    if not faults:
        profile = profiles._profile("ours", said)
        assert isinstance(profile.checked, date | None)
        assert all(one.field in all_fields() for one in profile.asked)
        assert profile.certificate.years in {1, 2}


def put(said: Any, place: tuple[str | int, ...], value: object) -> None:
    """Puts a value into a place, where an earlier one left the place there."""
    *way, last = place
    try:
        for key in way:
            said = said[key]
        if value is None:
            del said[last]
        else:
            said[last] = deepcopy(value)
    except (KeyError, IndexError, TypeError):
        return


def test_the_readme_has_every_profile_key_check_and_sheet() -> None:
    from halfday_sync.referrals.readiness import CHECKS
    from halfday_sync.referrals.sheets import SHEETS

    told = set(re.findall(r"`\[{0,2}([\w-]+)\]{0,2}`", (shipped() / "README.md").read_text(encoding="utf-8")))
    assert {*profiles.names(), *profiles._KEYS, *CHECKS, *SHEETS, *REASONS} - told == set()
