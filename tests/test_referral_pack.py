"""Whatever is missing in a case, there is a pack: a draft that begins with what is missing, or a whole one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_case import ANSWERS, BROTHER, case, ready_case, with_casework

from halfday.register import Pupil
from halfday_sync.referrals import profiles
from halfday_sync.referrals.case import Case, SchoolFacts
from halfday_sync.referrals.content import Block, Boxes, Facts, Grid, Pack, Table, Words, as_json, from_json
from halfday_sync.referrals.pack import MISSING, about, pack_of
from halfday_sync.referrals.profile import ADVISED, NEEDED, SUMMARY, Profile
from halfday_sync.referrals.readiness import CHECKS, Lack, lacks
from halfday_sync.referrals.sheets import SHEETS

ALL = tuple(one for name in profiles.names() if (one := profiles.load(profiles.find(name))).kind != SUMMARY)
FORM = Profile(
    "ours", "Request", "The local authority", form_read=True, notes=("Ring the officer.",), sheets=("cover",)
)
NEED = Lack("A is missing.", "There.", NEEDED)
WISH = Lack("B would help.", "Here.", ADVISED)
BAD = frozenset("[]:*?/\\")


def test_a_draft_says_first_what_is_missing_and_where_to_put_it_right() -> None:
    pack = pack_of(case(), FORM, [WISH, NEED])

    assert pack.is_draft
    assert [sheet.id for sheet in pack.sheets] == [MISSING, "cover"]
    needed, wished = (block for block in pack.sheets[0].blocks if isinstance(block, Table))
    assert needed.rows == ((1, "A is missing.", "There."),)
    assert wished.rows == ((1, "B would help.", "Here."),)
    first = pack.sheets[0].blocks[0]
    assert isinstance(first, Words)
    assert first.warning
    assert first.lines[0] == "1 thing is still missing. Please do not send it yet."
    assert "Ring the officer." in pack.texts()


def test_what_is_only_advised_keeps_no_pack_back_and_is_not_in_it() -> None:
    pack = pack_of(case(), FORM, [WISH])

    assert not pack.is_draft
    assert [sheet.id for sheet in pack.sheets] == ["cover"]
    assert {"B would help.", "Ring the officer."}.isdisjoint(pack.texts())


def test_a_pack_says_whose_it_is_and_of_which_day() -> None:
    pack = pack_of(case(), FORM, ())

    assert pack.about == "Isla Fenwick, born 14 Mar 2015, UPN H999200117001"
    assert (pack.profile, pack.title, pack.school) == ("ours", "Request", "Hazel Lane Primary School")
    assert (pack.made_on, pack.marks_until) == (date(2026, 5, 18), date(2026, 5, 15))
    assert about(case(pupil=Pupil("2101"))) == "2101"


@pytest.mark.parametrize("profile", ALL, ids=lambda one: one.id)
def test_each_form_has_a_whole_pack_of_a_ready_case_and_a_draft_of_another(profile: Profile) -> None:
    ready, open_ = ready_case(), case()

    done = pack_of(ready, profile, lacks(ready, profile))
    assert not done.is_draft, lacks(ready, profile)
    assert [sheet.id for sheet in done.sheets] == list(profile.sheets)
    assert_well_formed(done)
    assert_well_formed(pack_of(open_, profile, lacks(open_, profile)))


def test_every_sheet_and_check_that_a_profile_names_is_there() -> None:
    assert {name for one in ALL for name in one.sheets} <= set(SHEETS)
    assert {name for one in ALL for name in one.checks} <= set(CHECKS)


def test_every_sheet_has_the_id_by_which_it_is_named() -> None:
    assert {name: draw(case(), FORM).id for name, draw in SHEETS.items()} == {name: name for name in SHEETS}


# --- Whatever is missing ---------------------------------------------------------------------------------------------

GONE: Mapping[str, Callable[[Case], Case]] = {
    "answers": lambda one: replace(one, answers={}),
    "half of the answers": lambda one: replace(one, answers=dict([*one.answers.items()][::2])),
    "carers": lambda one: replace(one, carers=()),
    "acts": lambda one: replace(one, acts=()),
    "changes": lambda one: replace(one, amended=()),
    "siblings": lambda one: replace(one, siblings=()),
    "reason": lambda one: replace(one, reason=""),
    "school": lambda one: replace(one, school=SchoolFacts("Hazel Lane")),
    "child": lambda one: replace(one, pupil=Pupil(one.pupil.pupil_id)),
    "marks": lambda one: replace(one, sessions=replace(one.sessions, ids=bytes(len(one.sessions.ids)))),
    "contacts": lambda one: with_casework(one, contacts=()),
    "letters": lambda one: with_casework(one, letters=()),
    "approvals": lambda one: with_casework(
        one, letters=tuple(replace(letter, approval=None) for letter in one.casework.letters)
    ),
    "plans": lambda one: with_casework(one, plans=()),
    "days of plans": lambda one: with_casework(
        one, plans=tuple(replace(plan, ends=None, reviewed=(), outcomes=()) for plan in one.casework.plans)
    ),
    "minutes": lambda one: with_casework(one, minutes=()),
    "story": lambda one: replace(
        one, story=replace(one.story, stages=(), triggers=(), ticked=(), answers=(), noted=())
    ),
    "calendar": lambda one: replace(one, calendar=replace(one.calendar, kinds={})),
}


@settings(max_examples=60, deadline=None)
@given(gone=st.sets(st.sampled_from(sorted(GONE))), profile=st.sampled_from(ALL), is_ready=st.booleans())
def test_there_is_a_pack_whatever_is_missing(gone: set[str], profile: Profile, is_ready: bool) -> None:  # noqa: FBT001
    one = replace(ready_case() if is_ready else case(), siblings=(BROTHER,))
    for name in sorted(gone):
        one = GONE[name](one)

    found = lacks(one, profile)
    pack = pack_of(one, profile, found)

    assert_well_formed(pack)
    assert pack.is_draft == any(lack.weight == NEEDED for lack in found)
    assert from_json(json.loads(json.dumps(as_json(pack)))) == pack
    assert len(set(found)) == len(found)


def test_everything_missing_at_once_is_told() -> None:
    one = case()
    for take in GONE.values():
        one = take(one)
    every = replace(FORM, checks=dict.fromkeys(CHECKS, NEEDED), sheets=tuple(SHEETS))

    found = lacks(one, every)

    assert len(found) > 12
    assert_well_formed(pack_of(one, every, found))


def test_what_people_typed_as_a_formula_stays_words() -> None:
    typed = dict.fromkeys(ANSWERS, "=cmd|' /C calc'!A0")

    assert_well_formed(pack_of(case(answers=typed), ALL[0], ()))


def assert_well_formed(pack: Pack) -> None:
    titles = [sheet.title for sheet in pack.sheets]
    assert len({title.casefold() for title in titles}) == len(titles)
    for sheet in pack.sheets:
        assert 0 < len(sheet.title) <= 31
        assert not BAD & set(sheet.title)
        assert sheet.blocks
        for block in sheet.blocks:
            assert block.title
            assert_drawable(block)


def assert_drawable(block: Block) -> None:
    """It has something to show, and is a table whose rows are as long as its headings."""
    if isinstance(block, Facts):
        assert block.rows
        assert all(row.label and (row.value != "" or row.by_hand) for row in block.rows), block
    elif isinstance(block, Table):
        assert {len(row) for row in block.rows} | {len(block.widths)} == {len(block.headings)}, block
        assert block.rows or block.empty
        assert all(isinstance(cell, str | int) for row in block.rows for cell in row)
    elif isinstance(block, Grid):
        assert block.weeks or block.empty
    elif isinstance(block, Boxes):
        assert block.statements
        assert block.signed_by
    else:
        assert [one for one in block.lines if one], [one.name for one in fields(block)]
