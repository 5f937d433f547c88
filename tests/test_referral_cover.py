"""The cover asks what the form asks, in its order and words; after it plans, support, barriers, voice and family."""

from dataclasses import replace
from datetime import date

from tests.referral_case import BROTHER, FATHER, MOTHER, ONE, PLANS, case, ready_case, with_casework

from halfday.contacted import LETTER, Contacted
from halfday.impact import CAUTION
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Boxes, Fact, Facts, Sheet, Table, Words
from halfday_sync.referrals.profile import Asked, Part, Profile
from halfday_sync.referrals.sheets import attachments, barriers, cover, declaration, family, plans, support, voice

FORM = Profile("ours", "Request for a notice", "The local authority", form_read=True)


def form(*parts: Part, **more: object) -> Profile:
    return replace(FORM, parts=parts, **more)  # type: ignore[arg-type]


def facts(sheet: Sheet) -> list[Facts]:
    return [block for block in sheet.blocks if isinstance(block, Facts)]


def table(sheet: Sheet, title: str) -> Table:
    return next(block for block in sheet.blocks if isinstance(block, Table) and block.title == title)


def texts(sheet: Sheet) -> str:
    return str(sheet.blocks)


# --- Cover -----------------------------------------------------------------------------------------------------------


def test_the_cover_has_the_forms_parts_in_its_order_with_its_labels() -> None:
    asked = form(
        Part("2. Status", (Asked("lac", "Is the child looked after?"), Asked("early_help"))),
        Part("1. The child", (Asked("upn", "UPN"), Asked("surname"))),
    )

    found = facts(cover.sheet(case(answers={}), asked))

    assert [block.title for block in found] == ["This pack", "2. Status", "1. The child"]
    assert found[1].rows == (Fact("Is the child looked after?", "No"), Fact("Early Help", by_hand=True))
    assert found[2].rows == (Fact("UPN", "H999200117001"), Fact("Surname", "Fenwick"))


def test_what_is_asked_of_parents_stands_once_for_each_in_the_place_where_the_form_asks() -> None:
    part = Part("The family", (Asked("address"), Asked("parent_name", "Name"), Asked("parent_dob"), Asked("lac")))

    found = facts(cover.sheet(ready_case(), form(part)))[1:]

    assert [block.title for block in found] == [
        "The family",
        "The family: parent or carer 1",
        "The family: parent or carer 2",
        "The family",
    ]
    assert found[1].rows == (Fact("Name", "Mrs Ruth Fenwick"), Fact("Date of birth, if known", "9 Feb 1988"))
    assert found[2].rows == (Fact("Name", "Mr Tom Dunmore"), Fact("Date of birth, if known", "30 Nov 1985"))


def test_a_child_without_known_parents_has_lines_for_one() -> None:
    part = Part("Parents", (Asked("parent_name"), Asked("parent_phone")))

    found = facts(cover.sheet(case(answers={}, carers=()), form(part)))[1:]

    assert [block.title for block in found] == ["Parents: parent or carer 1"]
    assert all(row.by_hand and row.value == "" for row in found[0].rows)


def test_no_sibling_stands_on_the_cover() -> None:
    part = Part("The child", (Asked("surname"), Asked("sibling_name"), Asked("sibling_dob"), Asked("upn")))
    asked = form(part, siblings=True, sheets=("cover", "family"))

    sheet = cover.sheet(ready_case(siblings=(BROTHER,)), asked)

    assert facts(sheet)[1].rows == (
        Fact("Surname", "Fenwick"),
        Fact("Brothers and sisters", "See the sheet Family"),
        Fact("Unique pupil number (UPN)", "H999200117001"),
    )
    assert "Rory" not in texts(sheet)
    assert "Not in this pack" in texts(cover.sheet(ready_case(), form(part, siblings=True, sheets=("cover",))))


def test_a_form_that_could_not_be_read_is_to_be_checked() -> None:
    unread = replace(FORM, form_read=False, checked=date(2026, 11, 22))

    words = next(block for block in cover.sheet(case(), unread).blocks if isinstance(block, Words))
    assert words.warning
    assert words.title == "Check against the current form"
    assert "(22 Nov 2026)" in words.lines[0]
    assert "Check against" not in texts(cover.sheet(case(), FORM))


def test_notes_for_staff_do_not_go_to_the_local_authority() -> None:
    assert "Ring the officer" not in texts(cover.sheet(case(), replace(FORM, notes=("Ring the officer first.",))))


def test_covered_names_are_explained() -> None:
    assert "[another child]" in texts(cover.sheet(case(covered=2), FORM))
    assert "[another child]" not in texts(cover.sheet(case(), FORM))


# --- Plans, support, barriers ----------------------------------------------------------------------------------------


def test_each_plan_has_its_reviews_and_its_weeks() -> None:
    sheet = plans.sheet(case(), FORM)

    assert [block.title for block in facts(sheet)] == [
        "Attendance contract, begun 26 Jan 2026",
        "Notice to improve, begun 13 Apr 2026",
    ]
    assert table(sheet, "Reviews with the family").rows == (
        ("Fri 13 Feb 2026", "Going well"),
        ("Fri 6 Mar 2026", "Better at first, then three days missed"),
    )
    weeks = table(sheet, "Attendance in the weeks of the plan")
    assert weeks.rows[1] == (2, "2 Feb 2026 to 6 Feb 2026", 9, 10, "90.0%")
    assert len(weeks.rows) == 5
    assert weeks.note == "Together 92.0%; target 95%"


def test_a_plan_that_runs_says_that_its_week_is_not_over() -> None:
    running = replace(PLANS[0], begins=date(2026, 5, 15), ends=date(2026, 6, 30), reviewed=(), outcomes=())
    sheet = plans.sheet(with_casework(case(), plans=(running,)), FORM)

    assert table(sheet, "Attendance in the weeks of the plan").rows[0][1] == "15 May 2026"
    assert table(sheet, "Reviews with the family").rows == ()
    assert table(sheet, "Reviews with the family").empty == "It has not been reviewed yet."


def test_reviews_of_which_only_the_last_outcome_was_kept() -> None:
    old = replace(PLANS[0], outcomes=())
    sheet = plans.sheet(with_casework(case(), plans=(old,)), FORM)

    assert [row[1] for row in table(sheet, "Reviews with the family").rows] == [
        "not written down",
        "Better at first, then three days missed",
    ]


def test_a_target_in_words_stays_as_it_was_typed() -> None:
    worded = replace(PLANS[0], target="better than before")

    assert (
        Fact("Target", "better than before") in facts(plans.sheet(with_casework(case(), plans=(worded,)), FORM))[0].rows
    )


def test_without_a_plan_it_says_so() -> None:
    proposed = replace(PLANS[0], begins=None)
    others = replace(PLANS[0], pupil_id="2102")

    sheet = plans.sheet(with_casework(case(), plans=(proposed, others)), FORM)
    assert texts(sheet) == texts(Sheet("", "", (Words("Plans and reviews", ("No plan has begun with the family.",)),)))


def test_support_has_attendance_before_and_after_and_what_that_cannot_say() -> None:
    sheet = support.sheet(case(), FORM)

    rows = {str(row[0]): row for row in table(sheet, "Support and steps").rows}
    assert rows["Mon 26 Jan 2026"][1].startswith("Attendance contract begun: Breakfast club")  # type: ignore[union-attr]
    assert rows["Mon 26 Jan 2026"][2:] == ("89.5%", "95.0%")
    assert rows["Wed 4 Mar 2026"][1] == "Visit the family at home\nVisit: Spoke at the door"
    assert CAUTION in texts(sheet)


def test_support_that_was_lately_begun_has_no_figure_after_it() -> None:
    lately = replace(PLANS[0], begins=date(2026, 5, 11), reviewed=())

    rows = table(
        support.sheet(with_casework(case(acts=()), plans=(lately,), contacts=()), FORM), "Support and steps"
    ).rows
    assert [row[2:] for row in rows] == [("not known", "not known")]


def test_support_of_another_child_and_calls_and_letters_are_not_on_it() -> None:
    one = case()
    others = tuple(replace(act, pupil_id="2102") for act in one.acts)
    sheet = support.sheet(with_casework(replace(one, acts=others), plans=(), contacts=()), FORM)

    assert table(sheet, "Support and steps").rows == ()
    assert "warning letter" not in texts(support.sheet(one, FORM)).casefold()
    assert "Ring the family" not in texts(support.sheet(one, FORM))


def test_barriers_tell_what_was_said_and_what_school_did() -> None:
    sheet = barriers.sheet(ready_case(), FORM)

    said = {row.label: row.value for row in facts(sheet)[0].rows}
    assert said["What makes coming to school hard"].startswith("Worry about maths")  # type: ignore[union-attr]
    assert said["Reasons that the family gave"] == "The bus is late, the car did not start"
    assert table(sheet, "What school did about it").rows == (
        (
            "26 Jan 2026",
            "Attendance contract",
            "The bus is often late; worries about maths",
            "Breakfast club; ten minutes with a mentor each morning",
            "Better at first, then three days missed",
        ),
    )


def test_what_nobody_asked_the_family_yet_is_a_line_where_the_form_asks() -> None:
    nothing = with_casework(case(answers={}), plans=())
    asked = form(Part("Health", (Asked("health_considered"),)))

    labels = [(row.label, row.by_hand) for row in facts(barriers.sheet(nothing, asked))[0].rows]
    assert labels == [
        ("What makes coming to school hard", True),
        ("Reasons that the family gave", True),
        ("Was health considered as a reason for absence?", True),
    ]
    assert len(facts(barriers.sheet(nothing, FORM))[0].rows) == 2


# --- Voice, family, declaration, attachments --------------------------------------------------------------------------


def test_the_childs_words_stand_as_they_were_written() -> None:
    assert facts(voice.sheet(ready_case(), FORM))[0].rows == (
        Fact("What the child says", "I like art and lunch. Maths makes my tummy hurt."),
        Fact("Who talked with the child", "Mr Cole, mentor"),
        Fact("When", "13 May 2026"),
    )
    assert all(row.by_hand for row in facts(voice.sheet(case(), FORM))[0].rows)


def rows_of_carers(one: Case, *asked: str) -> tuple[tuple[object, ...], ...]:
    return table(family.sheet(one, form(Part("Parents", tuple(map(Asked, asked))))), "Parents and carers").rows


def test_the_family_is_the_carers_of_the_mis_with_what_people_wrote() -> None:
    all_three = ("parent_phone", "parent_lives_with", "parent_responsibility")
    assert rows_of_carers(ready_case(carers=(MOTHER, replace(FATHER, letters=False))), *all_three) == (
        (1, "Mrs Ruth Fenwick", "Mother", "01632 960111, 07700 900111", "Yes", "Yes", "Yes"),
        (2, "Mr Tom Dunmore", "Father", "07700 900222", "Part of the time", "Yes", "No"),
    )
    assert rows_of_carers(case(carers=(), answers={"parent_name.1": "Mrs A Example"}), "parent_phone") == (
        (1, "Mrs A Example", "", "", "not known"),
    )
    assert rows_of_carers(case(carers=())) == ()


def test_no_more_goes_out_than_the_form_asks_for() -> None:
    one = ready_case(answers={**ready_case().answers, "medical": "Asthma", "other_siblings": "Kit, Oak School"})

    assert rows_of_carers(one) == ((1, "Mrs Ruth Fenwick", "Mother", "Yes"), (2, "Mr Tom Dunmore", "Father", "Yes"))
    assert "Asthma" not in texts(barriers.sheet(one, FORM))
    assert "Asthma" in texts(barriers.sheet(one, form(Part("Health", (Asked("medical"),)))))
    asks = form(Part("Siblings", (Asked("other_siblings"),)), siblings=True)
    assert "Kit" not in texts(family.sheet(one, replace(FORM, siblings=True)))
    assert "Kit" in texts(family.sheet(one, asks))


def test_siblings_stand_there_only_where_the_form_asks_and_a_person_confirmed() -> None:
    asks = replace(FORM, siblings=True)
    confirmed = case(siblings=(BROTHER,), answers={"sibling_notice.1": "No"})

    told = facts(family.sheet(confirmed, asks))
    assert [block.title for block in told] == ["Brother or sister 1"]
    assert told[0].rows == (
        Fact("Name", "Rory Fenwick"),
        Fact("Date of birth", "2 Jun 2017"),
        Fact("Year group", "3"),
        Fact("Attendance this school year", "93.1%"),
    )
    assert "Rory" not in texts(family.sheet(confirmed, FORM))
    assert "No brother or sister at this school" in texts(family.sheet(case(), asks))
    assert "rother" not in texts(family.sheet(case(), FORM)).replace("Brothers and sisters", "Brothers")


def test_siblings_are_told_with_what_the_form_asks_of_them() -> None:
    asks = form(
        Part("Siblings", (Asked("sibling_name", "Full name"), Asked("sibling_notice", "Notice?"))), siblings=True
    )

    told = facts(family.sheet(case(siblings=(BROTHER, BROTHER), answers={"sibling_notice.2": "Yes"}), asks))
    assert [block.rows for block in told] == [
        (Fact("Full name", "Rory Fenwick"), Fact("Notice?", by_hand=True)),
        (Fact("Full name", "Rory Fenwick"), Fact("Notice?", "Yes")),
    ]


def test_the_declaration_has_the_forms_words_and_those_who_sign() -> None:
    own = replace(FORM, statements=("All is true.",), signed_by=("Headteacher", "Attendance lead"))

    assert declaration.sheet(case(), own).blocks == (
        Boxes("What is declared", ("All is true.",), ("Headteacher", "Attendance lead")),
    )
    assert declaration.sheet(case(), FORM).blocks == (
        Boxes("What is declared", declaration.USUAL, declaration.SIGNED_BY),
    )


def test_attachments_have_a_box_each_and_a_letter_one_for_each_parent() -> None:
    sheet = attachments.sheet(case(), replace(FORM, attachments=("Early Help assessment",)))

    assert table(sheet, "To add by hand").rows == (("☐", "Early Help assessment"),)
    assert table(sheet, "Copies of letters").rows[:3] == (
        ("☐", "Warning letter", "Fri 27 Feb 2026", "Mrs R Fenwick"),
        ("☐", "Invitation to a contract meeting", "Fri 13 Mar 2026", "Mrs R Fenwick"),
        ("☐", "Invitation to a contract meeting", "Fri 13 Mar 2026", "Mr T Dunmore"),
    )
    assert table(attachments.sheet(with_casework(case(), letters=()), FORM), "Copies of letters").rows == ()


def test_letters_of_others_and_letters_that_never_went_are_not_attached() -> None:
    one = case()
    children = [replace(child, pupil_id="2102") for child in one.casework.letters[-1].children]
    others = replace(one.casework.letters[-1], children=tuple(children))
    waiting = replace(one.casework.letters[-1], sent=None)

    assert ONE not in others.pupil_ids
    sheet = attachments.sheet(with_casework(one, letters=(others, waiting)), FORM)
    assert table(sheet, "Copies of letters").rows == ()


def test_a_letter_that_went_without_halfday_is_to_be_attached_as_well() -> None:
    one = case()
    row = Contacted(ONE, date(2026, 4, 22), LETTER, "Posted", "Notice to improve", "A Reed", key="C9")
    noted = with_casework(one, letters=(), contacts=(*one.casework.contacts, row))

    assert table(attachments.sheet(noted, FORM), "Copies of letters").rows == (
        ("☐", "Letter that staff noted in Contacts", "Wed 22 Apr 2026", ""),
    )
