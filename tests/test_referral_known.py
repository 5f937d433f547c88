"""What Halfday may know of a form is filled in, from the MIS, the register and the tracker; answers come first."""

from dataclasses import replace
from datetime import date

import pytest
from tests.referral_case import ANSWERS, BROTHER, FATHER, MOTHER, PLANS, case, ready_case, with_casework

from halfday.register import Pupil
from halfday_sync.referrals.case import Case, SchoolFacts
from halfday_sync.referrals.fields import PARENT, SIBLING, all_fields
from halfday_sync.referrals.known.answers import keys, known, parents, reason_of
from halfday_sync.referrals.profile import REASONS, Profile

BARE = Pupil("2101")
SIBLINGS = Profile("ours", "Request", "The local authority", siblings=True)


def everything() -> Case:
    """A case in which nothing that Halfday may know is empty."""
    one = ready_case(answers={}, siblings=(BROTHER,), pupil=replace(ready_case().pupil, end_date=date(2026, 7, 21)))
    last = one.casework.letters[-1]
    assert last.approval
    refused = replace(last, key="refused", letter="leave", approval=replace(last.approval, template="leave-refused"))
    return with_casework(one, letters=(*one.casework.letters, refused))


def test_what_halfday_may_know_is_known_and_nothing_else() -> None:
    told = {key.partition(".")[0] for key in known(everything())}

    assert told == {field.id for field in all_fields().values() if field.known}


def test_fields_of_parents_and_siblings_have_numbers_and_others_none() -> None:
    for key in known(replace(everything(), answers=ANSWERS)):
        name, dot, number = key.partition(".")
        assert bool(dot) == (all_fields()[name].of in (PARENT, SIBLING))
        assert number in ("", "1", "2")


def test_every_answer_to_a_question_is_in() -> None:
    told = known(ready_case())

    assert set(ANSWERS) <= set(told)
    for key, said in ANSWERS.items():
        if all_fields()[key.partition(".")[0]].kind != "date":
            assert told[key].startswith(said)


@pytest.mark.parametrize(
    ("key", "said", "printed"),
    [
        ("legal_name", "Isla Rose Fenwick", "Isla Rose Fenwick"),
        ("head", "Ms J Other", "Ms J Other"),
        ("lac", "Yes", "Yes"),
        ("parent_name.2", "Mr Thomas Dunmore", "Mr Thomas Dunmore"),
        ("voice_on", "2026-05-13", "13 May 2026"),
        ("voice_on", "last week", "last week"),
        ("leave_refused_on", "12 March", "12 March"),
        ("reason", "leave", "Leave in term time"),
        ("reason", "Unauthorised Absence", "Unauthorised absence"),
        ("reason", "Something else", "Something else"),
    ],
)
def test_an_answer_comes_before_what_halfday_knows(key: str, said: str, printed: str) -> None:
    assert known(case(answers={key: f" {said} "}))[key] == printed


@pytest.mark.parametrize(
    ("key", "said"),
    [("attendance", "100%"), ("upn", "X"), ("dob", "2000-01-01"), ("sibling_name.1", "A"), ("made_on", "2000-01-01")],
)
def test_an_answer_does_not_overwrite_what_only_halfday_fills_in(key: str, said: str) -> None:
    assert known(case(answers={key: said})).get(key) == known(case()).get(key)


@pytest.mark.parametrize("key", ["no_such_field", "voice.1", "parent_name", "parent_name.x", "parent_name.0"])
def test_an_answer_under_another_key_is_left_out(key: str) -> None:
    assert key not in known(case(answers={key: "Words"}))


def test_an_empty_answer_is_none() -> None:
    assert known(case(answers={"head": "  ", "voice": ""})) == known(case())


def test_barriers_and_support_are_added_to_what_plans_say() -> None:
    told = known(case(answers={"barriers": "The bus", "support": "A taxi"}))

    assert told["barriers"] == "The bus\nThe bus is often late; worries about maths"
    assert told["support"].splitlines() == [
        "A taxi",
        f"Since Mon 26 Jan 2026: Breakfast club; ten minutes with a mentor each morning ({PLANS[0].outcome})",
        "Since Mon 13 Apr 2026: Breakfast club goes on; school nurse (Not enough: four sessions without leave)",
    ]


def test_what_the_source_does_not_share_is_unknown_and_not_no() -> None:
    shared = known(case())
    assert (shared["lac"], shared["english_first"], shared["pupil_premium"], shared["sen"]) == (
        "No",
        "Yes",
        "Yes: pupil premium and free school meals",
        "SEN support",
    )

    told = known(case(pupil=BARE))
    flags = {"lac", "cp", "young_carer", "english_first", "pupil_premium", "sen", "sex", "dob", "upn", "on_roll_since"}
    assert flags.isdisjoint(told)


@pytest.mark.parametrize(
    ("premium", "meals", "said"),
    [
        (True, None, "Yes: pupil premium"),
        (False, True, "Yes: free school meals"),
        (False, None, "No"),
        (None, None, None),
    ],
)
def test_pupil_premium_in_words(premium: bool | None, meals: bool | None, said: str | None) -> None:  # noqa: FBT001
    assert known(case(pupil=replace(BARE, pupil_premium=premium, fsm=meals))).get("pupil_premium") == said


def test_settings_that_say_nothing_leave_lines_to_fill_in() -> None:
    told = known(case(school=SchoolFacts("Hazel Lane"), who=""))

    assert told["school"] == "Hazel Lane"
    assert {"school_address", "dfe_number", "head", "referrer_phone", "referrer_name"}.isdisjoint(told)


def test_a_form_is_filled_in_for_as_many_parents_as_anybody_named() -> None:
    assert parents(case()) == 2
    assert parents(case(carers=())) == 1
    assert parents(case(carers=(), answers={"parent_name.3": "Mrs C Example"})) == 3
    assert parents(case(carers=(MOTHER, FATHER), answers={"parent_name.4": " "})) == 2


def test_siblings_have_keys_only_where_the_form_asks_and_a_person_confirmed() -> None:
    field = all_fields()["sibling_name"]

    assert [*keys(field, case(siblings=(BROTHER,)), SIBLINGS)] == ["sibling_name.1"]
    assert [*keys(field, case(siblings=(BROTHER,)), replace(SIBLINGS, siblings=False))] == []
    assert [*keys(field, case(), SIBLINGS)] == []


def test_the_reason_that_people_wrote_comes_first() -> None:
    assert reason_of(case()) == "unauthorised"
    assert reason_of(case(answers={"reason": "In public while excluded"})) == "exclusion"
    assert reason_of(case(answers={"reason": "LEAVE"})) == "leave"
    assert reason_of(case(answers={"reason": "Own words"})) == "Own words"
    assert tuple(REASONS.values()) == all_fields()["reason"].choices


def test_meetings_tell_what_was_agreed_with_the_family() -> None:
    one = case()

    assert known(one)["meetings"] == "Thu 19 Mar 2026: Mentor each morning; school nurse to ring"
    assert known(with_casework(one, minutes=()))["meetings"] == "Thu 19 Mar 2026: what was agreed is not written down"
    assert "meetings" not in known(with_casework(one, minutes=(), contacts=()))


def test_a_meeting_to_which_nobody_came_is_none() -> None:
    one = with_casework(case(), minutes=())
    missed = [replace(row, outcome="Nobody in") if row.what == "Meeting" else row for row in one.casework.contacts]

    assert "meetings" not in known(with_casework(one, contacts=tuple(missed)))


def test_plans_and_letters_in_words() -> None:
    told = known(ready_case())

    assert told["contract"] == (
        "Attendance contract: begun Mon 26 Jan 2026, reviewed Fri 13 Feb 2026 and Fri 6 Mar 2026, "
        "signed: Mrs Fenwick and A Reed, 26 Jan 2026"
    )
    assert told["warning_sent"] == "Tue 12 May 2026 (What comes next by law), to Mrs R Fenwick, Mr T Dunmore"
    assert told["notice_sent"] == "Tue 24 Mar 2026 (Notice to improve), to Mrs R Fenwick, Mr T Dunmore"
    assert told["notice_period"] == "Mon 13 Apr 2026 to Fri 8 May 2026"


def test_what_was_only_proposed_or_comes_later_is_not_told() -> None:
    one = case()
    later = [replace(PLANS[0], begins=None), replace(PLANS[0], key="P5", begins=date(2026, 6, 1))]
    letters = [replace(row, sent=date(2026, 6, 1)) for row in one.casework.letters]
    told = known(with_casework(one, plans=tuple(later), letters=tuple(letters)))

    assert {"contract", "barriers", "support", "warning_sent", "notice_sent", "notice_period"}.isdisjoint(told)


def test_a_notice_without_a_last_day_says_so() -> None:
    open_ended = with_casework(case(), plans=(replace(PLANS[1], ends=None),))

    assert known(open_ended)["notice_period"] == "Mon 13 Apr 2026 to no last day is written down"


def test_a_letter_that_names_nobody_tells_of_no_brother_or_sister() -> None:
    one = case()
    letters = [
        replace(row, approval=replace(row.approval, fields={"parents": "Parents and carers of Isla and Rory Fenwick"}))
        for row in one.casework.letters
        if row.approval
    ]

    told = known(with_casework(one, letters=tuple(letters)))
    assert told["warning_sent"] == "Tue 12 May 2026 (What comes next by law), to parents and carers of Isla Fenwick"
