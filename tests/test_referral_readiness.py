"""A pack is ready when nothing is missing that its form needs; a lack is told once, with where to put it right."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest
from tests.referral_case import ANSWERS, BROTHER, FATHER, MADE_ON, MOTHER, ONE, PLANS, case, ready_case, with_casework

from halfday.contacted import LETTER, Contacted
from halfday.printing import day_and_year
from halfday.register import Pupil
from halfday_sync.casework import Letter, SupportPlan
from halfday_sync.casework.referral_clock import ClockRule
from halfday_sync.referrals import profiles
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.known.answers import known
from halfday_sync.referrals.profile import ADVISED, NEEDED, Asked, Certificate, Part, Profile
from halfday_sync.referrals.readiness import CHECKS, NOT_ASKED, Lack, lacks
from halfday_sync.referrals.written import NOTICE

FORM = Profile("ours", "Request", "The local authority", form_read=True)


def profile(*checks: str, **more: object) -> Profile:
    return replace(FORM, checks=dict.fromkeys(checks, NEEDED), **more)  # type: ignore[arg-type]


def without(*fields: str) -> Case:
    return ready_case(answers={key: said for key, said in ANSWERS.items() if key.partition(".")[0] not in fields})


def answering(**said: str) -> Case:
    return ready_case(answers={**ANSWERS, **{key.replace("__", "."): value for key, value in said.items()}})


def child(**changes: object) -> Case:
    one = ready_case()
    return replace(one, pupil=replace(one.pupil, **changes))  # type: ignore[arg-type]


def plans(**changes: object) -> Case:
    """The contract is another; the notice to improve stays."""
    one = ready_case()
    contract, notice = one.casework.plans
    return with_casework(one, plans=(replace(contract, **changes), notice))  # type: ignore[arg-type]


def notice(**changes: object) -> Case:
    one = ready_case()
    contract, notice = one.casework.plans
    return with_casework(one, plans=(contract, replace(notice, **changes)))  # type: ignore[arg-type]


def not_sent(*templates: str) -> Case:
    one = ready_case()
    return with_casework(one, letters=tuple(row for row in one.casework.letters if not _in(row, templates)))


def _in(letter: Letter, templates: tuple[str, ...]) -> bool:
    return letter.approval is not None and letter.approval.template in templates


def present() -> Case:
    """No session of this school year counts towards the threshold."""
    days = ("2025-09-25", "2025-10-07 to 2025-10-08", "2026-01-20", "2026-02-24", "2026-03-03", "2026-03-10")
    more = ("2026-03-11", "2026-03-17", "2026-03-26", "2026-04-21", "2026-04-30", "2026-05-06")
    return ready_case(marks=dict.fromkeys((*days, *more), "/ \\"))


def nobody_named() -> Case:
    """The warning names no parent, as where the source shares none."""
    one = ready_case()
    letters = [
        replace(row, approval=replace(row.approval, fields={**row.approval.fields, "carers": []}))
        if row.approval and row.approval.template == "warning"
        else row
        for row in one.casework.letters
    ]
    return with_casework(one, letters=tuple(letters))


# check, the case in which it finds something, more of the profile, words of what is missing, words of where
MISSING: tuple[tuple[str, Callable[[], Case], Mapping[str, object], str, str], ...] = (
    ("reason", lambda: replace(without("reason"), reason=""), {}, "Nobody has noted why", "Reason for the referral"),
    ("reason", ready_case, {"reasons": ("leave",)}, "does not take this reason: Unauthorised", "Leave in term time"),
    ("reason", lambda: answering(reason="Leave in term time"), {}, "Two reasons are given", "Reason for the referral"),
    ("no_n", case, {}, "2 marks are still N, without a reason: 12 May 2026.", "The MIS"),
    ("no_missing", case, {}, "1 mark is missing: 15 May 2026.", "The MIS"),
    (
        "certificate_period", ready_case, {"certificate": Certificate(3)},
        "No marks of the school year 2023/24 are held.", "earlier",
    ),
    (
        "certificate_period", lambda: ready_case(marks={"2024-09-03 to 2024-09-30": ". ."}), {},
        "The marks of the school year 2024/25 begin on 1 Oct 2024 only.", "earlier",
    ),
    (
        "certificate_period", ready_case, {"certificate": Certificate(2, sessions=9_000)},
        "the form asks for the last 9000", "earlier",
    ),
    ("threshold_met", present, {}, "0 of 10 sessions now", "for people to decide"),
    ("compulsory_age", lambda: child(dob=None), {}, "The date of birth is not known", "The MIS"),
    ("compulsory_age", lambda: child(dob=date(2021, 6, 1)), {}, "not of compulsory school age", "Nothing to put"),
    ("compulsory_age", lambda: child(dob=date(2008, 6, 1)), {}, "not of compulsory school age", "Nothing to put"),
    (
        "holiday_coded", lambda: replace(ready_case(marks={"2026-03-26": "O O"}), reason="leave"), {},
        "coded G", "The MIS",
    ),
    (
        "first_day_contact", lambda: with_casework(ready_case(), contacts=()), {},
        "No call is written down for the first day of", "Contacts",
    ),
    (
        "minutes", lambda: with_casework(ready_case(), contacts=(), minutes=()), {},
        "No meeting with the family", "Contacts",
    ),
    ("minutes", lambda: with_casework(ready_case(), minutes=()), {}, "the meeting of 19 Mar 2026", "Minutes"),
    ("both_parents", case, {}, "of 27 Feb 2026 did not go to each parent by name. It leaves out: father.", "Letters"),
    ("both_parents", nobody_named, {}, "It leaves out: mother and father.", "Letters"),
    ("plan", lambda: with_casework(ready_case(), plans=PLANS[1:]), {}, "no support plan", "Plans"),
    ("plan", lambda: plans(begins=None), {}, "no support plan", "Plans"),
    ("plan_reviewed", lambda: plans(reviewed=(), outcomes=()), {}, "has not been reviewed yet", "Reviewed on"),
    (
        "plan_reviewed", lambda: plans(ends=None, reviewed=(date(2026, 2, 13),), outcome="Go on"), {},
        "is overdue", "Reviewed on",
    ),
    ("warning_sent", lambda: with_casework(ready_case(), letters=()), {}, "No letter that warns", "Letters"),
    ("notice_run", lambda: not_sent("notice-to-improve"), {}, "No notice to improve has gone", "Letters"),
    ("notice_run", lambda: notice(plan="Breakfast"), {}, "period of the notice to improve is not", "Plans"),
    ("notice_run", lambda: notice(begins=date(2025, 9, 8), ends=date(2025, 10, 3)), {}, "is not written down", "Plans"),
    ("notice_run", lambda: notice(ends=None), {}, "period of the notice to improve is not", "Plans"),
    ("notice_run", lambda: notice(ends=date(2026, 5, 22)), {}, "runs until 22 May 2026", "Wait"),
    (
        "in_time", ready_case, {"clock": ClockRule(("intent",), 3, "Within three working days.")},
        "wanted it by 15 May 2026, counted from 12 May 2026. Within three", "Ring the local authority",
    ),
    ("early_help", lambda: without("early_help"), {}, "Early Help stands", "'Early Help'"),
    ("voice", lambda: without("voice"), {}, "What the child says", "'What the child says'"),
    ("voice", lambda: without("voice_by"), {}, "lacks who", "'Who talked with the child'"),
    ("voice", lambda: without("voice_on"), {}, "lacks when", "'When'"),
    ("barriers", lambda: with_casework(without("barriers"), plans=()), {}, "hard", "Plans"),
    ("parents_known", lambda: replace(without("parent_name"), carers=()), {}, "No parent or carer", "'Full name'"),
    (
        "parents_known", lambda: replace(without("parent_name"), carers=(MOTHER, replace(FATHER, name=""))), {},
        "The name of parent or carer 2 is not known.", "'Full name'",
    ),
    ("parents_checked", lambda: answering(parent_checked__2="2025-11-17"), {}, "parent or carer 2", "last checked"),
    ("parents_checked", lambda: answering(parent_checked__1="2026-05-19"), {}, "parent or carer 1", "last checked"),
    (
        "head", lambda: replace(without("head"), school=replace(ready_case().school, head="")), {},
        "headteacher", "The settings",
    ),
    ("address", lambda: without("address"), {}, "address", "'Address of the child'"),
    ("not_lac", lambda: replace(without("lac"), pupil=child(lac=None).pupil), {}, "noted whether", "'Looked after"),
    ("not_lac", lambda: replace(without("lac"), pupil=child(lac=True).pupil), {}, "Please stop here", "Ring The local"),
    ("not_lac", lambda: answering(lac="Not known"), {}, "noted whether", "'Looked after"),
    ("not_lac", lambda: answering(lac="Yes"), {}, "Please stop here", "Ring"),
    ("parents_told", lambda: answering(parents_told="No"), {}, "parents were told", "Were the parents told"),
)  # fmt: skip


def test_every_check_is_in_the_table() -> None:
    assert {row[0] for row in MISSING} == set(CHECKS)


@pytest.mark.parametrize(("check", "missing", "more", "what", "where"), MISSING)
def test_what_is_missing_is_told_with_where_to_put_it_right(
    check: str, missing: Callable[[], Case], more: Mapping[str, object], what: str, where: str
) -> None:
    found = lacks(missing(), profile(check, **more))

    assert len(found) == 1, found
    assert what in found[0].what
    assert where in found[0].where
    assert found[0].weight == NEEDED


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_nothing_is_told_where_nothing_is_missing(check: str) -> None:
    one = replace(ready_case(), reason="leave", answers={**ANSWERS, "reason": "leave"})
    ready = one if check == "holiday_coded" else ready_case()

    assert lacks(ready, profile(check, clock=ClockRule(("intent",), 10))) == ()


def test_a_check_that_was_named_is_run() -> None:
    """So that the test above cannot pass because a check is left out for its reason."""
    for check in CHECKS:
        reason = "leave" if check == "holiday_coded" else "unauthorised"
        assert check not in NOT_ASKED[reason]


def test_leave_needs_no_support_first_and_an_exclusion_no_threshold() -> None:
    bare = with_casework(present(), plans=(), letters=(), contacts=(), minutes=())
    asked = profile("plan", "plan_reviewed", "notice_run", "minutes", "first_day_contact", "warning_sent")
    out = profile("threshold_met", "holiday_coded", "plan")

    assert len(lacks(bare, asked)) > 3
    assert lacks(replace(bare, reason="leave", answers={}), asked) == ()
    assert lacks(replace(bare, reason="exclusion", answers={}), out) == ()


def test_a_child_who_came_this_year_needs_no_marks_of_last_year() -> None:
    new = replace(ready_case(marks={"2024-09-03 to 2025-07-22": ". ."}), pupil=child(start_date=date(2025, 9, 2)).pupil)

    assert lacks(new, profile("certificate_period")) == ()


def test_no_missing_mark_of_years_that_are_not_sent_is_told() -> None:
    old = ready_case(marks={"2024-11-12": "N -"})

    assert lacks(old, profile("no_n", "no_missing", certificate=Certificate(1))) == ()
    assert len(lacks(old, profile("no_n", "no_missing", certificate=Certificate(2)))) == 2


def test_a_parent_who_gets_no_letters_is_not_missed() -> None:
    one = case()
    kept = replace(one, carers=(MOTHER, replace(FATHER, letters=False)))

    assert lacks(one, profile("both_parents"))
    assert lacks(kept, profile("both_parents")) == ()


def test_somebody_who_gets_no_letters_is_not_missed_among_others() -> None:
    aunt = replace(FATHER, order=3, name="Ms K Dunmore", relationship="Aunt", letters=False)
    uncle = replace(aunt, name="", relationship="Uncle", letters=True)

    found = lacks(replace(case(), carers=(MOTHER, FATHER, aunt, uncle)), profile("both_parents"))
    assert [one.what.endswith("It leaves out: father.") for one in found] == [True]


def test_an_only_parent_need_not_be_named() -> None:
    assert lacks(nobody_named(), profile("both_parents"))
    assert lacks(replace(nobody_named(), carers=(MOTHER,)), profile("both_parents")) == ()


def test_a_notice_has_run_only_when_the_marks_of_its_last_day_are_there() -> None:
    asked = profile("notice_run")
    days = [day for day in case().calendar.school_days if day <= case().as_of]
    knows_nothing_ahead = replace(case().calendar, school_days=tuple(days), kinds=dict.fromkeys(days, "school"))

    assert lacks(replace(notice(ends=date(2026, 5, 19)), made_on=date(2026, 5, 20)), asked)
    assert lacks(replace(notice(ends=date(2026, 5, 22)), calendar=knows_nothing_ahead), asked)
    assert lacks(notice(ends=date(2026, 5, 17)), asked) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"ends": date(2026, 4, 10)},  # before it began: a slip of the pen
        {"begins": date(2026, 3, 16), "ends": date(2026, 3, 20)},  # over before the letter went
        {"ends": date(2026, 4, 13)},
    ],
)
def test_a_notice_that_gave_no_time_has_not_run(changes: dict[str, date]) -> None:
    [found] = lacks(notice(**changes), profile("notice_run"))
    assert found.what.startswith("The notice to improve gave the family no time: it began or went on ")


def test_a_notice_that_was_sent_in_good_time_has_run_though_the_letter_went_to_another_parent_later() -> None:
    one = ready_case()
    letter = next(row for row in one.casework.letters if _in(row, ("notice-to-improve",)))
    again = replace(letter, key=f"{letter.key}~2", sent=date(2026, 5, 8))
    assert lacks(with_casework(one, letters=(*one.casework.letters, again)), profile("notice_run")) == ()


def test_a_plan_that_was_reviewed_only_before_it_began_has_not_been_reviewed() -> None:
    [found] = lacks(plans(reviewed=(date(2026, 1, 12),), outcomes=("Talked about it",)), profile("plan_reviewed"))
    assert found.what.endswith("has not been reviewed yet.")


def test_a_talk_with_the_child_lies_not_after_the_pack() -> None:
    [found] = lacks(answering(voice_on="2027-05-13"), profile("voice"))
    assert "after the one on the pack" in found.what
    assert lacks(answering(voice_on=MADE_ON.isoformat()), profile("voice")) == ()


def test_a_reason_that_was_found_today_is_no_lack_any_more() -> None:
    asked = profile("no_n", "no_missing")
    assert len(lacks(case(), asked)) == 2
    assert lacks(case(marks={"2026-05-12": "I I", "2026-05-15": "/ \\"}), asked) == ()


def test_a_parent_who_was_written_to_later_is_not_missed() -> None:
    one = case()
    letters = one.casework.letters
    first = next(row for row in letters if row.letter == "warning")
    assert first.approval
    again = replace(
        first, key="again", sent=date(2026, 3, 2), approval=replace(first.approval, fields={"carers": [FATHER.name]})
    )
    earlier = replace(again, sent=date(2025, 3, 2))

    asked = profile("both_parents")
    missed = [found.what for found in lacks(with_casework(one, letters=(*letters, again)), asked)]
    assert [words for words in missed if "27 Feb" in words] == []
    assert "27 Feb" in str(lacks(with_casework(one, letters=(*letters, earlier)), asked))


def test_a_letter_that_halfday_did_not_make_is_known_by_its_row_of_contacts() -> None:
    one, asked = case(), profile("both_parents")

    def told(day: str, note: str) -> Case:
        row = Contacted(ONE, date.fromisoformat(day), "Letter", note=note)
        return with_casework(one, contacts=(*one.casework.contacts, row))

    assert lacks(told("2026-03-02", "The warning, to his father"), asked) == ()
    assert lacks(told("2026-03-02", "To Mr T Dunmore by post"), asked) == ()
    assert lacks(told("2026-03-02", "To her grandfather, who asked for it"), asked)
    assert lacks(told("2026-02-02", "The warning, to his father"), asked)
    assert lacks(told("2026-03-02", "The warning, by post"), asked)


def test_praise_to_one_parent_is_no_fault() -> None:
    one = case()
    letters = [
        replace(row, approval=replace(row.approval, template="praise")) if row.approval else row
        for row in one.casework.letters
    ]

    assert lacks(with_casework(one, letters=tuple(letters)), profile("both_parents")) == ()


def test_papers_of_years_ago_prove_nothing_now_and_keep_no_pack_back() -> None:
    one = case()
    long_ago = replace(one, made_on=date(2028, 5, 18))
    old = replace(PLANS[0], reviewed=(), ends=date(2026, 3, 6))

    asked = profile("minutes", "plan", "warning_sent", "notice_run")
    assert [found.what for found in lacks(long_ago, asked)] == [
        "No meeting with the family is written down for the last twelve months.",
        "There is no support plan or attendance contract in the last twelve months.",
        "No letter that warns the parents has gone in the last twelve months.",
        "No notice to improve has gone in the last twelve months.",
    ]
    assert lacks(with_casework(long_ago, plans=(old,)), profile("both_parents", "plan_reviewed")) == ()


def test_what_a_meeting_of_staff_agreed_is_not_agreed_with_the_family() -> None:
    one = ready_case()
    staff = one.policy.meetings[0].title
    changed = tuple(replace(row, meeting=staff) for row in one.casework.minutes)

    assert "the meeting of 19 Mar 2026" in lacks(with_casework(one, minutes=changed), profile("minutes"))[0].what


def test_a_plan_agreed_at_a_meeting_is_what_was_agreed() -> None:
    one = with_casework(ready_case(), minutes=())
    begun = SupportPlan("P9", one.pupil.pupil_id, "Breakfast", date(2026, 3, 19))

    assert lacks(one, profile("minutes"))
    assert lacks(with_casework(one, plans=(*one.casework.plans, begun)), profile("minutes")) == ()


# --- Fields of the form ----------------------------------------------------------------------------------------------


def form(*asked: Asked, **checks: str) -> Profile:
    return replace(FORM, parts=(Part("The child", asked),), checks=checks)


def test_a_field_that_matters_and_is_empty_is_a_lack_of_its_weight() -> None:
    asked = form(
        Asked("other_surname", "Also known as?", ADVISED),
        Asked("medical", weight=NEEDED),
        Asked("upn", weight=NEEDED),
        Asked("ethnicity"),
    )

    assert lacks(replace(without("other_surname", "medical", "ethnicity"), pupil=Pupil("2101")), asked) == (
        Lack("Not answered yet: 'Medical needs'.", "The list of questions.", NEEDED),
        Lack("Not known: 'Unique pupil number (UPN)'.", "Halfday fills it in. From the MIS.", NEEDED),
        Lack("Not answered yet: 'Also known as?'.", "The list of questions.", ADVISED),
    )
    assert lacks(ready_case(), asked) == ()


def test_a_field_that_is_empty_for_several_parents_is_one_lack() -> None:
    asked = form(Asked("parent_address", "Home address", NEEDED))

    assert [one.what for one in lacks(without("parent_address"), asked)] == [
        "Not answered yet: 'Home address', of parent or carer 1 and 2."
    ]
    assert [one.what for one in lacks(replace(ready_case(), answers={}, carers=()), asked)] == [
        "Not answered yet: 'Home address', of parent or carer 1."
    ]


def test_a_letter_that_went_without_halfday_counts_as_staff_noted_it() -> None:
    """Policies without a notice to improve are many: their schools write it themselves."""
    ready = ready_case()
    bare = with_casework(ready, letters=())
    assert [len(lacks(bare, profile(check))) for check in ("warning_sent", "notice_run")] == [1, 1]
    sent = next(one.sent for one in ready.casework.letters if one.approval and one.approval.template == NOTICE)
    assert sent

    def noted(note: str, pupil_id: str = bare.pupil.pupil_id) -> Case:
        row = Contacted(pupil_id, sent, LETTER, "Posted", note, "A Reed", key="C99")
        return with_casework(bare, contacts=(*bare.casework.contacts, row))

    one = noted("The Notice to improve, to both parents")
    assert [lacks(one, profile(check)) for check in ("warning_sent", "notice_run")] == [(), ()]
    assert known(one)["notice_sent"] == f"{day_and_year(sent)}, as noted in Contacts"
    for other in (noted("About the bus pass"), noted("Notice to improve", "2102")):
        assert len(lacks(other, profile("notice_run"))) == 1


def test_a_check_names_the_question_in_the_forms_words() -> None:
    asked = form(Asked("early_help", "Early Help assessment?"), early_help=NEEDED)

    assert lacks(without("early_help"), asked)[0].where == "The list of questions: 'Early Help assessment?'."


def test_what_a_check_tells_is_not_told_again_by_the_form() -> None:
    asked = (Asked("early_help", weight=NEEDED), Asked("voice", weight=ADVISED), Asked("voice_by", weight=ADVISED))
    bare = without("early_help", "voice", "voice_by")

    assert len(lacks(bare, form(*asked, early_help=NEEDED, voice=ADVISED))) == 2
    assert len(lacks(bare, form(*asked))) == 3


def test_brothers_and_sisters_whom_nobody_put_in_are_told_where_the_form_asks() -> None:
    asks = replace(FORM, siblings=True)

    assert [(one.weight, "--siblings" in one.where) for one in lacks(ready_case(), asks)] == [(ADVISED, True)]
    assert lacks(ready_case(siblings=(BROTHER,)), asks) == ()
    assert lacks(ready_case(has_siblings=False), asks) == ()
    assert lacks(ready_case(), FORM) == ()


def test_what_is_needed_comes_first() -> None:
    found = lacks(case(answers={}), replace(FORM, checks={"voice": ADVISED, "no_n": NEEDED, "address": ADVISED}))

    assert [one.weight for one in found] == [NEEDED, ADVISED, ADVISED]


def test_no_lack_names_the_child_or_a_parent() -> None:
    names = ("Isla", "Fenwick", "Ruth", "Dunmore", "Reed")
    for name in profiles.names():
        asked = profiles.load(profiles.find(name))
        for one in (case(), case(answers={}, reason="leave")):
            told = " ".join(f"{lack.what} {lack.where}" for lack in lacks(one, asked))
            assert not [word for word in names if word in told]


def test_a_plan_in_peoples_own_words_is_told_by_its_day() -> None:
    [found] = lacks(plans(plan="A plan for Isla Fenwick", reviewed=(), outcomes=()), profile("plan_reviewed"))
    assert found.what.startswith("The plan that began on ")
    assert "Isla" not in found.what
