"""A case holds one child and nobody else: what a letter shared by sister and brother says of him stays behind."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.referral_school import ISLA, MOTHER, NAMES, RORY, ReferralSchool, copy_of

from halfday.school_year import ONE_DAY
from halfday_sync import config
from halfday_sync.casework import Letter, SupportPlan
from halfday_sync.decided import action_key
from halfday_sync.entries import ACTIONS, CONTACTS, MINUTES, Entry
from halfday_sync.pipeline import work_out
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.counting import Span, marks
from halfday_sync.referrals.covering import Covering
from halfday_sync.referrals.others import Others
from halfday_sync.referring.everyone_else import others_of, own_of
from halfday_sync.referring.gather import Wanted, as_on, gather, ids_of, school_facts
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy

DAY = date(2025, 10, 13)


@pytest.fixture
def school(referral_school: Path, tmp_path: Path) -> ReferralSchool:
    return copy_of(referral_school, tmp_path / "oak")


@pytest.fixture(scope="module")
def isla(referral_school: Path) -> Case:
    return case_of(referral_school, ISLA)


def case_of(folder: Path, pupil_id: str, today: date = DAY, *, siblings: bool = False) -> Case:
    settings = config.load(folder)
    with Store.open(settings.store) as store:
        day = work_out(store, usable_policy(policy_path(settings.policy, folder)), today)
        one = next(row for row in day.outcomes if row.pupil.pupil_id == pupil_id)
        others = others_of(store, ids_of(store, pupil_id), folder / "referrals")
        covering = Covering(others, own_of(store, settings, day, one.pupil, {}, "Jo Bell"))
        wanted = Wanted(today, "unauthorised", "Jo Bell", siblings=siblings)
        return gather(settings, store, day, one, covering, wanted)


def texts(value: object) -> Iterator[str]:
    """Every text in a case, however deep, keys too; the policy, the calendar and whose marks are told of elsewhere."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from texts(key)
            yield from texts(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from texts(one)


def said_in(case: Case) -> str:
    told = [asdict(case.pupil), asdict(case.outcome), case.notes, case.answers]
    rows = [*map(asdict, case.acts), *map(asdict, case.amended), *map(asdict, case.carers), *map(asdict, case.siblings)]
    story = {key: one for key, one in asdict(case.story).items() if key != "policy"}
    return "\n".join(texts([*told, *rows, story]))


def test_nobody_else_stands_anywhere_in_a_case(isla: Case) -> None:
    text = said_in(isla)
    assert "Isla" in text
    assert "breakfast club" in text
    for pupil_id, (forename, surname) in NAMES.items():
        if pupil_id != ISLA:
            assert pupil_id not in text.replace("A999000000", "")
            assert forename not in text or forename == "May"
            assert surname not in text or surname == "Fenwick"


def test_names_in_peoples_words_are_covered_and_counted(isla: Case) -> None:
    visit = next(one for one in isla.casework.contacts if one.what == "Visit")
    assert visit.note.startswith("Mum says Isla will not come in because of [another child]. [another child] was there")
    assert visit.who == "Jo Bell"
    (minute,) = isla.casework.minutes
    assert minute.agreed == "Sit apart from [another child]"
    (plan,) = isla.casework.plans
    assert "Megan" not in plan.barriers
    assert plan.support == "A place in breakfast club"


def shared(case: Case) -> Letter:
    (letter,) = case.casework.letters
    return letter


def test_of_a_shared_letter_a_child_has_its_own_part_only(referral_school: Path, isla: Case) -> None:
    assert len(shared(isla).children) == 1
    assert shared(isla).sent == DAY
    rory = case_of(referral_school, RORY)
    for case, pupil_id, percent in ((isla, ISLA, "89.7%"), (rory, RORY, "86.2%")):
        letter, approval = shared(case), shared(case).approval
        assert approval is not None
        assert letter.key == f"{pupil_id}|warning|2025-09-22"
        assert letter.pupil_ids == (pupil_id,)
        assert [child["pupil_id"] for child in approval.fields["children"]] == [pupil_id]
        assert approval.fields["percent"] == percent
        assert approval.fields["carers"] == ["Mrs R Fenwick", "Mr T Dunmore"]
        assert approval.fields["parents"] == "Mrs R Fenwick and Mr T Dunmore"
        assert set(approval.figures) == {pupil_id}
        assert (letter.files, letter.digests, approval.line, approval.fields["several"]) == ((), {}, "", False)


def test_what_a_letter_will_say_one_day_is_left_behind_too(isla: Case) -> None:
    """What stays is a list of what may."""
    approval = shared(isla).approval
    assert approval is not None
    assert "forename" in approval.fields
    assert not {"why", "support_given", "actions_agreed", "personal_line", "logo"} & (
        set(approval.fields) - set(approval.fields["children"][0])
    )


def test_brothers_and_sisters_are_told_of_only_where_a_person_confirmed_it(referral_school: Path, isla: Case) -> None:
    assert (isla.siblings, isla.has_siblings) == ((), True)
    (brother,) = case_of(referral_school, ISLA, siblings=True).siblings
    assert (brother.pupil.pupil_id, brother.percent) == (RORY, "86.2")
    alone = case_of(referral_school, "P01", siblings=True)
    assert (alone.siblings, alone.has_siblings) == ((), False)


def test_notes_on_the_tracker_and_words_beside_marks_are_not_gathered(isla: Case) -> None:
    assert isla.story.noted == ()
    assert not any(mark.comment for mark in isla.notes.values())


def test_a_child_whose_id_changed_has_all_of_its_story(school: ReferralSchool) -> None:
    school.change_id(ISLA, "N03")
    school.go_on(["here"])
    school.again()
    found = case_of(school.folder, "N03", school.today)
    assert found.pupil.pupil_id == "N03"
    assert len(found.casework.contacts) == len(case_of(school.folder, "N03", school.today).casework.contacts) > 1
    letter, approval = shared(found), shared(found).approval
    assert approval is not None
    assert letter.key.startswith("N03|")
    assert approval.fields["percent"] == "89.7%"
    assert approval.figures == {"N03": (52, 58)}
    assert found.carers[0].name == MOTHER.name
    assert found.outcome.ytd.possible == 60


def test_a_changed_mark_is_told_with_what_stood_there_before(school: ReferralSchool) -> None:
    school.marks[ISLA, date(2025, 9, 4)] = "holiday"
    school.go_on(["here"])
    school.again()
    found = case_of(school.folder, ISLA, school.today)
    assert [(one.day, one.session, one.before, one.after) for one in found.amended] == [
        (date(2025, 9, 4), "AM", "I", "G"),
        (date(2025, 9, 4), "PM", "I", "G"),
    ]
    assert case_of(school.folder, "P01", school.today).amended == ()


def test_what_the_settings_say_of_the_school(school: ReferralSchool) -> None:
    facts = school_facts(config.load(school.folder))
    assert (facts.name, facts.head, facts.contact) == (
        "Little Oak",
        "Ms H Example, Headteacher",
        "the school office, 01632 960001",
    )
    path = school.folder / "halfday.toml"
    for sender, head in [
        ("Mr D Example, Deputy Headteacher", ""),
        ("Ms P Example, Principal", "Ms P Example, Principal"),
    ]:
        text = path.read_text(encoding="utf-8").replace("Ms H Example, Headteacher", sender)
        (school.folder / "halfday.toml").write_text(text, encoding="utf-8")
        assert school_facts(config.load(school.folder)).head == head
        path.write_text(text.replace(sender, "Ms H Example, Headteacher"), encoding="utf-8")


# --- Who else there is ------------------------------------------------------------------------------------------------


def others(folder: Path, *ids: str) -> Others:
    with Store.open(config.load(folder).store) as store:
        return others_of(store, ids, folder / "referrals")


def test_everybody_else_is_known_by_all_they_go_by(referral_school: Path) -> None:
    people = {one.pupil_id: one for one in others(referral_school, ISLA).people}
    assert set(people) == set(NAMES) - {ISLA}
    khan = people["P01"]
    assert (khan.forename, khan.surname, khan.upn) == ("Amira", "Khan", "A999000000001")
    assert khan.carers == ("Ms Z Khan",)
    assert khan.phones == ("01632 960331",)
    assert any("Dad moved out" in note for note in khan.notes)


def test_those_who_left_and_names_of_before_are_known_too(school: ReferralSchool) -> None:
    school.pupils["P04"] = school.pupils["P04"].__class__(
        **{**{name: getattr(school.pupils["P04"], name) for name in school.pupils["P04"].__slots__}, "surname": "Marsh"}
    )
    school.pupils.pop("P02")
    school.go_on(["here"])
    school.again()
    people = others(school.folder, ISLA).people
    assert {one.surname for one in people if one.pupil_id == "P04"} == {"Marsh", "Thistlewood"}
    assert "Lindqvist" in {one.surname for one in people}


def test_for_a_summary_everybody_is_somebody_else(referral_school: Path) -> None:
    assert {one.pupil_id for one in others(referral_school).people} == set(NAMES)


def test_answers_about_others_are_looked_for_as_well(school: ReferralSchool) -> None:
    school.refer("P01", "--profile", "norfolk")
    school.answer("P01", address="7 Elm Row, Exampleton", **{"parent_phone.1": "07700 900777"})
    khan = next(one for one in others(school.folder, ISLA).people if one.pupil_id == "P01")
    assert "7 Elm Row, Exampleton" in khan.addresses
    assert "07700 900777" in khan.phones
    (school.packs / "P01" / "questions.xlsx").write_bytes(b"no workbook")
    assert next(one for one in others(school.folder, ISLA).people if one.pupil_id == "P01").addresses == ()


def test_staff_are_those_who_did_something(referral_school: Path) -> None:
    settings = config.load(referral_school)
    with Store.open(settings.store) as store:
        day = work_out(store, usable_policy(policy_path(settings.policy, referral_school)), DAY)
        pupil = next(one.pupil for one in day.outcomes if one.pupil.pupil_id == ISLA)
        own = own_of(store, settings, day, pupil, {"parent_phone.1": "07700 900777"}, "A Reed")
    assert {"Jo Bell", "Jo", "A Reed", "Ms H Example, Headteacher"} <= set(own.staff)
    assert own.phones == ("01632 960111", "07700 900222", "07700 900777", "01632 960001")
    assert any("breakfast club" in note for note in own.notes)


# --- On a day in the past ---------------------------------------------------------------------------------------------


def test_of_a_day_in_the_past_nothing_later_is_gathered(school: ReferralSchool) -> None:
    said, later = {"pupil_id": ISLA, "who": "Jo Bell"}, DAY + timedelta(days=1)
    school.morning("why?")
    school.begin(CONTACTS, {**said, "date": later, "what": "Visit", "outcome": "Came", "note": "The dog was ill"})
    school.begin(MINUTES, {**said, "date": later, "meeting": "Family", "agreed": "Walk together", "owner": "Jo"})
    school.again()
    now, then = case_of(school.folder, ISLA, later), case_of(school.folder, ISLA, DAY)
    for words in ("The dog was ill", "Walk together"):
        assert words in said_in(now)
        assert words not in said_in(then)
    assert then.as_of < DAY == now.as_of
    assert then.outcome.ytd.possible == now.outcome.ytd.possible - 2
    assert DAY not in [key.date for key, _code in marks(then, Span(date.min, date.max - ONE_DAY))]


def test_a_plan_of_a_day_in_the_past_has_no_later_review() -> None:
    days = (date(2026, 2, 13), date(2026, 3, 6), date(2026, 4, 1))
    plan = SupportPlan("P1", ISLA, "Plan", days[0], reviewed=days, outcomes=("a", "b", "c"), outcome="c")
    assert as_on(plan, days[2]) is plan
    first = as_on(plan, days[1])
    assert (first.reviewed, first.outcomes, first.outcome) == (days[:2], ("a", "b"), "b")
    none = as_on(plan, date(2026, 2, 1))
    assert (none.reviewed, none.outcomes, none.outcome) == ((), (), "")
    bare = as_on(SupportPlan("P1", ISLA, "Plan", days[0], reviewed=days, outcome="c"), days[0])
    assert (bare.reviewed, bare.outcome) == (days[:1], "")


def test_a_tick_without_a_date_has_the_day_on_which_it_was_saved_on_every_sheet(school: ReferralSchool) -> None:
    step = next(one for one in case_of(school.folder, ISLA).outcome.asked if one.due and one.cadence == "once")
    assert step.due is not None
    ticked = Entry(ACTIONS, action_key(ISLA, step.id, step.due), "done", ISLA, "Yes")
    saved = datetime(2025, 10, 10, 15, tzinfo=UTC)
    with Store.open(config.load(school.folder).store) as store:
        store.note([ticked], said_by="Jo Bell", said_at=saved, seen_at=saved + timedelta(days=3))
    case = case_of(school.folder, ISLA)
    assert [row.day for row in case.story.ticked] == [saved.date()]
    assert [act.day for act in case.acts if act.action == step.id] == [saved.date()]
