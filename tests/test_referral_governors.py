"""The governors' summary has the tracker's figures, names nobody, and no count of fewer than ten can be worked out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.little_school import little_school
from tests.mirror_view import of_folder, page_of, rows_of
from tests.referral_text import text_of
from tests.test_mirror_privacy import SECRET, planted

from halfday.policy.evaluate import evaluate
from halfday.printing import half_up
from halfday_sync.casework.model import SupportPlan
from halfday_sync.decided import action_key
from halfday_sync.entries import ACTIONS
from halfday_sync.errors import SafetyError
from halfday_sync.mirroring.figures import Figures
from halfday_sync.mirroring.suppression import LEAST, shown_groups
from halfday_sync.referrals import profiles
from halfday_sync.referrals.content import Pack, Table
from halfday_sync.referrals.others import Others, Own, Person
from halfday_sync.referrals.profile import Profile
from halfday_sync.referring.governors import SHEETS, pack_of_governors
from halfday_sync.referring.headcounts import DOWN, FEWER, MORE, UP, Headcounts
from halfday_sync.referring.making import Privacy
from halfday_sync.referring.making import made as drawn
from halfday_sync.referring.vocabulary import vocabulary
from halfday_sync.workbook.view import View


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return profiles.load(profiles.find("governors-summary", tmp_path_factory.mktemp("none")))


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> View:
    from halfday_sync import cli

    folder = tmp_path_factory.mktemp("larger") / "demo"
    assert cli.main(["demo", "--into", str(folder), "--pupils", "100", "--policy", "wath-central"]) == 0
    return of_folder(folder)


@pytest.fixture(scope="module", params=["forty", "larger"])
def view(request: pytest.FixtureRequest, made: Path) -> View:
    return request.getfixturevalue("larger") if request.param == "larger" else of_folder(made)


@pytest.fixture
def pack(view: View, profile: Profile) -> Pack:
    return pack_of_governors(view, profile)


def tables(pack: Pack) -> Iterator[Table]:
    yield from (block for sheet in pack.sheets for block in sheet.blocks if isinstance(block, Table))


def rows(pack: Pack, title: str) -> Mapping[str, tuple[str, ...]]:
    found = next(table for table in tables(pack) if table.title == title)
    return {str(row[0]): tuple(map(str, row[1:])) for row in found.rows}


# --- The tracker's figures --------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_copys_summary(view: View, pack: Pack) -> None:
    theirs = rows_of(page_of(view, "summary"))

    def share(key: str) -> str:
        value = theirs[key].values["figure"]
        assert isinstance(value, float)
        return f"{half_up(Fraction(100 * value).limit_denominator(10**9), 1)}%"

    attendance, absence = rows(pack, "Attendance"), rows(pack, "Absence this school year")
    for title, key in (("This school year", "ytd"), ("This half term", "half_term")):
        assert attendance[title][0] == share(f"headline:{key}")
    assert attendance["The last four school weeks"][0] == share("headline:last_4_weeks")
    assert absence["Unauthorised absence"][0] == share("headline:unauthorised")
    assert absence["Late (L and U)"][0] == share("headline:late")
    said, count = absence["Persistently absent (10% or more missed)"], theirs["headline:persistent"].values["children"]
    assert isinstance(count, int)
    is_told = said[1] != f"{MORE} children"
    assert said[0] == (share("headline:persistent") if count >= LEAST and is_told else "")
    assert said[1] in ((f"{count} children", f"{MORE} children") if count >= LEAST else (f"{FEWER} children",))


def test_half_terms_add_up_to_the_year(pack: Pack) -> None:
    year = rows(pack, "Attendance")["This school year"][1]
    terms = [row[1].replace(",", "").split(" of ") for row in rows(pack, "Half terms").values()]
    assert f"{sum(int(a) for a, _p in terms):,} of {sum(int(p) for _a, p in terms):,}" == year


def test_target_and_others_figures_stand_beside_the_schools(larger: View, profile: Profile) -> None:
    pack = pack_of_governors(larger, profile)
    first = next(iter(pack.sheets)).blocks
    said = " ".join(text_of(replace(pack.sheets[0], blocks=first[:1])).split())
    assert re.search(r"That is \d+\.\d points? (above|below) the target of 96%\. England, primary: 94\.8%\.", said)
    assert "published Thu 7 Aug 2025" in " ".join(pack.texts())
    there = pack_of_governors(larger, profile, "Rotherham, primary")
    assert "Rotherham, primary: 94.6%." in " ".join(there.texts())


def test_who_moved_is_told_against_the_end_of_the_half_term_before(view: View) -> None:
    counts = Headcounts(Figures(view))
    day = counts.last_review
    assert day is not None
    then = evaluate(view.policy, list(view.pupils), view.register, view.calendar, day, view.decisions)
    before = {one.pupil.pupil_id: one.stage for one in then}
    now = {one.pupil.pupil_id: one.stage for one in counts.figures.here}
    assert counts.sets[UP] == {key for key, stage in now.items() if stage > before.get(key, 0)}
    assert counts.sets[DOWN] == {key for key, stage in now.items() if stage < before.get(key, 0)}
    assert counts.sets[UP]


def test_in_the_first_half_term_nothing_is_compared_with_last_year(profile: Profile, larger: View) -> None:
    first = next(one for one in larger.calendar.half_terms if one.year == larger.calendar.year(larger.marks_until))
    early = replace(larger, marks_until=first.start + timedelta(days=3))
    said = " ".join(pack_of_governors(early, profile).texts())
    assert "This is the first half term of the year" in said


# --- Nobody by name ---------------------------------------------------------------------------------------------------


def test_no_child_is_named_by_anything_it_goes_by(view: View, pack: Pack) -> None:
    said = "\n".join(pack.texts())
    for pupil in (*view.pupils, *view.guests):
        for word in (pupil.pupil_id, pupil.upn, f"{pupil.forename} {pupil.surname}", pupil.surname):
            if word:
                assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said), "a child is in it"


@pytest.mark.parametrize("policy", ["stanton-road", "rivington", "working-together"])
def test_nothing_that_people_wrote_decided_or_keep_apart_is_in_it(made: Path, profile: Profile, policy: str) -> None:
    full = planted(made, policy)
    assert SECRET not in "\n".join(pack_of_governors(full, profile).texts())


def test_a_plan_in_peoples_own_words_is_counted_and_not_called_so(view: View, profile: Profile) -> None:
    child = Figures(view).here[0].pupil.pupil_id
    plan = SupportPlan("P77", child, "Zorblat mornings with the twins", view.marks_until)
    with_it = replace(view, casework=replace(view.casework, plans=(*view.casework.plans, plan)))
    pack = pack_of_governors(with_it, profile)
    assert rows(pack, "Plans that began")["Other plans"] == (FEWER,)
    assert "Zorblat" not in "\n".join(pack.texts())


def test_its_files_are_proven_against_every_child(view: View, pack: Pack, profile: Profile) -> None:
    everybody = [
        Person(one.pupil_id, (one.pupil_id,), one.upn, one.forename, one.surname)
        for one in (*view.pupils, *view.guests)
    ]
    words = vocabulary(view.policy, profile, (view.school,))
    made_of_it = drawn(pack, Privacy(Others(tuple(everybody)), Own(""), words))
    assert made_of_it.proof.is_clean
    assert len(everybody) >= 39
    planted_name = replace(pack, about=f"{everybody[3].forename} {everybody[3].surname}")
    with pytest.raises(SafetyError):
        drawn(planted_name, Privacy(Others(tuple(everybody)), Own(""), words))


# --- No small group ---------------------------------------------------------------------------------------------------

_CHILDREN = re.compile(r"(\d[\d,]*)(?: of \d[\d,]*)? (?:child|children)\b")


def test_every_count_of_children_is_ten_or_more_or_none(pack: Pack) -> None:
    for table in tables(pack):
        for at, heading in enumerate(table.headings):
            if heading in ("Children", "Persistently absent"):
                told = {str(row[at]) for row in table.rows}
                assert all(one in ("", FEWER, MORE, "0") or int(one.replace(",", "")) >= LEAST for one in told), told
    said = " ".join(one for one in pack.texts() if "under 60 sessions" not in one and "Counts of" not in one)
    said = said.replace(FEWER, "").replace(MORE, "").replace(f"for {LEAST} children", "")
    counts = [int(count.replace(",", "")) for count in _CHILDREN.findall(said)]
    assert counts
    assert min(counts) >= LEAST


def test_no_small_set_is_a_sum_and_difference_of_what_is_told(view: View) -> None:
    """Solved in fractions, over single children: another way than the one that chooses what is told."""
    counts = Headcounts(Figures(view))
    everybody = frozenset(one.pupil.pupil_id for one in counts.figures.here)
    told = [everybody, *(members for key, members in counts.sets.items() if counts.count(key) is not None)]
    known = _reduced([dict.fromkeys(members, Fraction(1)) for members in told if members])
    sets = {everybody, *counts.sets.values()}
    rests = {large - small for large, small in combinations(sorted(sets, key=len, reverse=True), 2) if small < large}
    tried = [one for one in sets | rests if 0 < len(one) < LEAST]
    assert len(tried) > 5
    assert not [len(one) for one in tried if not _rest(dict.fromkeys(one, Fraction(1)), known)]


_Vector = dict[str, Fraction]


def _reduced(vectors: list[_Vector]) -> dict[str, _Vector]:
    """Vectors in echelon form, by the child that each begins with."""
    found: dict[str, _Vector] = {}
    for vector in vectors:
        rest = _rest(vector, found)
        if rest:
            first = min(rest)
            found[first] = {key: value / rest[first] for key, value in rest.items()}
    return found


def _rest(vector: _Vector, known: Mapping[str, _Vector]) -> _Vector:
    """What is left of a vector once all that is known is taken away; nothing: it can be worked out."""
    rest, left = dict(vector), _Vector()
    while rest:
        first = min(rest)
        times = rest.pop(first)
        if first not in known:
            left[first] = times
            continue
        for key, value in known[first].items():
            if key != first:
                rest[key] = rest.get(key, Fraction(0)) - times * value
                if not rest[key]:
                    del rest[key]
    return left


_KEYS = st.sampled_from("abcdefgh")
_GROUPS = st.dictionaries(_KEYS, st.frozensets(st.integers(10, 39).map(str), min_size=1), min_size=1)


@settings(max_examples=60, deadline=None)
@given(_GROUPS, st.dictionaries(_KEYS, st.integers(0, 3)))
def test_whatever_weighs_more_no_small_set_is_given_away(
    groups: dict[str, frozenset[str]], weights: dict[str, int]
) -> None:
    everybody = frozenset(map(str, range(10, 40)))
    shown = shown_groups(everybody, groups, {name: name for name in groups}, weights)
    known = _reduced([dict.fromkeys(one, Fraction(1)) for one in (everybody, *(groups[name] for name in shown))])
    small = [one for one in groups.values() if len(one) < LEAST]
    assert all(_rest(dict.fromkeys(one, Fraction(1)), known) for one in small)
    assert len(groups) > 1 or shown == {
        name for name, one in groups.items() if LEAST <= len(one) <= 20 or one == everybody
    }


def test_of_two_that_give_a_small_one_away_the_lighter_is_not_told() -> None:
    everybody = frozenset(map(str, range(10, 60)))
    groups = {"smaller": frozenset(map(str, range(10, 30))), "larger": frozenset(map(str, range(10, 33)))}
    for weights, kept in (({}, "larger"), ({"smaller": 1}, "smaller")):
        assert shown_groups(everybody, groups, {name: name for name in groups}, weights) == {kept}


def test_the_check_would_find_a_set_that_gives_another_away(view: View) -> None:
    """Where every count was told, small ones would be there to work out."""
    counts = Headcounts(Figures(view))
    known = _reduced([dict.fromkeys(members, Fraction(1)) for members in counts.sets.values() if members])
    assert any(
        not _rest(dict.fromkeys(one, Fraction(1)), known) for one in counts.sets.values() if 0 < len(one) < LEAST
    )


def test_what_is_not_told_has_no_share_either(pack: Pack) -> None:
    for title in ("Stages of our policy", "Bands"):
        for _words, count, share in rows(pack, title).values():
            assert bool(share) == (count not in (FEWER, MORE)), title
    for table in tables(pack):
        if table.title in ("Year groups", "Other groups"):
            assert all(row[2:] == ("",) * 4 for row in table.rows if row[1] in (FEWER, MORE))


def test_classes_are_not_in_it(view: View, pack: Pack) -> None:
    told = {str(row[0]) for table in tables(pack) for row in table.rows}
    assert told.isdisjoint({pupil.class_name for pupil in view.pupils})


def test_a_school_of_fewer_than_ten_gets_no_summary(profile: Profile) -> None:
    with pytest.raises(SafetyError, match="fewer than 10 children on roll"):
        pack_of_governors(replace(little_school(), outcomes=little_school().outcomes[:5]), profile)


def test_before_and_after_is_told_of_ten_children_or_not_at_all(larger: View, profile: Profile) -> None:
    """The same step, taken long ago for nine children and then for ten."""
    figures = Figures(larger)
    step = next(one for one in larger.policy.actions if one.cadence == "once")
    day = larger.calendar.school_days[larger.calendar.school_days.index(larger.marks_until) - 30]
    ids = [one.pupil.pupil_id for one in figures.here if one.ytd.possible > 100]
    for children, is_told in ((LEAST - 1, False), (LEAST, True)):
        done = {(ACTIONS, action_key(one, step.id, day), "done"): day for one in ids[:children]}
        kept = {key: value for key, value in larger.staff.items() if key[0] != ACTIONS}
        casework = replace(larger.casework, contacts=(), letters=())
        view = replace(larger, casework=casework, staff={**kept, **done})
        told = rows(pack_of_governors(view, profile), "Attendance before and after")
        assert (step.title in told) == is_told


# --- The pages --------------------------------------------------------------------------------------------------------


def test_a_profile_says_which_pages_and_in_which_order(view: View, profile: Profile) -> None:
    assert set(profile.sheets) == set(SHEETS)
    two = pack_of_governors(view, replace(profile, sheets=("work", "school")))
    assert [sheet.id for sheet in two.sheets] == ["work", "school"]


def test_the_pages_read_well(made: Path, profile: Profile, golden: Callable[[str, str], None]) -> None:
    pack = pack_of_governors(of_folder(made), profile)
    golden("referral_governors", "\n".join(text_of(sheet) for sheet in pack.sheets))


def test_persistent_absence_is_not_told_of_fewer_than_ten_children_with_enough_sessions(
    larger: View, profile: Profile
) -> None:
    early = [replace(one, early=at >= LEAST - 1) for at, one in enumerate(larger.outcomes)]
    pack = pack_of_governors(replace(larger, outcomes=early), profile)
    said = " ".join(pack.texts())
    assert "too early in the year to speak of persistent absence" in said
    assert "Persistently absent (10% or more missed)" not in said
