"""The letters are shown parent by parent, so that a parent who was left out is seen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_case import BOTH, FATHER, LETTERS, MOTHER, ONE, case, ready_case, with_casework
from tests.referral_text import text_of

from halfday.carer import Carer
from halfday.contacted import LETTER, Contacted
from halfday_sync.casework import Letter
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Table, Words
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.sheets.letters import NO_LETTERS, NOT_KNOWN, NOT_SENT, SENT, sheet

PROFILE = Profile("generic", "Referral", "The local authority")


def table(one: Case, title: str) -> Table:
    return next(block for block in sheet(one, PROFILE).blocks if isinstance(block, Table) and block.title == title)


def findings(one: Case) -> tuple[str, ...]:
    first = sheet(one, PROFILE).blocks[0]
    assert isinstance(first, Words)
    return first.lines


def addressed(letter: Letter, names: tuple[str, ...], **frozen: object) -> Letter:
    assert letter.approval
    fields = {**letter.approval.fields, "carers": [*names], **frozen}
    return replace(letter, approval=replace(letter.approval, fields=fields))


def only(one: Case, *letters: Letter) -> Case:
    return with_casework(one, letters=letters)


SENT_LETTERS = tuple(letter for letter in ready_case().casework.letters if letter.sent)


def test_the_letters_read_as_they_should(golden: Callable[[str, str], None]) -> None:
    golden("referral_letters", text_of(sheet(case(), PROFILE)))


def test_a_parent_who_was_left_out_is_named() -> None:
    said = '"Warning letter", sent on Fri 27 Feb 2026, went to Mrs R Fenwick, and not to Mr T Dunmore.'
    assert said in findings(case())
    assert findings(ready_case()) == (
        "4 letters were sent up to Mon 18 May 2026.",
        "A copy of each letter belongs to this pack.",
    )


@settings(deadline=None)
@given(st.lists(st.frozensets(st.sampled_from([*BOTH, "Ms A Aunt"])), min_size=4, max_size=4))
def test_a_cell_says_sent_where_the_letter_names_that_parent_and_nowhere_else(sent_to: list[frozenset[str]]) -> None:
    one = only(case(), *(addressed(letter, tuple(names)) for letter, names in zip(SENT_LETTERS, sent_to, strict=True)))
    found = table(one, "To whom")
    assert found.headings[2:-1] == BOTH
    for row, names in zip(found.rows, sent_to, strict=True):
        for parent, said in zip(BOTH, row[2:-1], strict=True):
            assert said == (SENT if parent in names else NOT_SENT if names else NOT_KNOWN)
        assert ("Ms A Aunt" in str(row[-1])) == ("Ms A Aunt" in names)


def test_a_parent_to_whom_school_sends_none_is_not_asked_about() -> None:
    one = case(carers=(MOTHER, replace(FATHER, letters=False)))
    assert not any("and not to" in line for line in findings(one))
    assert "School sends no letters to Mr T Dunmore." in findings(one)
    assert [row[3] for row in table(one, "To whom").rows] == [NO_LETTERS, SENT, SENT, SENT], "what was sent stays told"


def test_a_letter_that_names_nobody_says_how_it_was_addressed() -> None:
    one = only(case(), addressed(SENT_LETTERS[0], (), parents="Parents and carers of Isla and Rory Fenwick"))
    assert any("names no parent: it went to parents and carers of Isla Fenwick" in line for line in findings(one))
    assert table(one, "To whom").rows[0][2:] == (NOT_KNOWN, NOT_KNOWN, "parents and carers of Isla Fenwick")
    assert "Rory" not in text_of(sheet(one, PROFILE)), "brothers and sisters are not named"


def test_praise_and_figures_for_every_family_miss_nobody() -> None:
    praise = addressed(SENT_LETTERS[0], (MOTHER.name,))
    assert praise.approval
    praise = replace(praise, letter="note-home", approval=replace(praise.approval, template="praise"))
    assert not any("and not to" in line for line in findings(only(case(), praise)))
    assert table(only(case(), praise), "To whom").rows[0][2:4] == (SENT, NOT_SENT)


def test_figures_are_those_of_the_approval_whatever_marks_say_later() -> None:
    before = table(case(), "What each letter told").rows
    later = case({"2026-02-03": "O O", "2025-10-07": "/ \\"})
    assert table(later, "What each letter told").rows == before
    assert before[0][4] == "90.4% (20 of 208 sessions missed), up to Tue 24 Feb 2026"


def test_of_a_letter_to_several_children_only_this_childs_figures_are_told() -> None:
    letter = SENT_LETTERS[0]
    assert letter.approval
    shared = replace(letter, approval=replace(letter.approval, figures={"2102": (100, 200), **letter.approval.figures}))
    assert table(only(case(), shared), "What each letter told").rows[0][4] == (
        "90.4% (20 of 208 sessions missed), up to Tue 24 Feb 2026"
    )
    other = replace(letter, approval=replace(letter.approval, figures={"2102": (100, 200)}))
    assert table(only(case(), other), "What each letter told").rows[0][4] == "no figure"


def test_letters_about_others_and_letters_that_have_not_gone_are_not_there() -> None:
    other = replace(SENT_LETTERS[0], children=(replace(SENT_LETTERS[0].children[0], pupil_id="2102"),))
    later = replace(SENT_LETTERS[1], sent=date(2026, 5, 19))
    one = only(case(), other, later, replace(SENT_LETTERS[2], sent=None))
    assert findings(one) == ("No letter was sent up to Mon 18 May 2026.",)
    assert [block.title for block in sheet(one, PROFILE).blocks] == ["In short"]


def test_letters_that_staff_wrote_themselves_are_shown_as_noted() -> None:
    noted = Contacted(ONE, date(2026, 4, 22), LETTER, "Posted", "About the bus pass", "A Reed", key="C9")
    one = with_casework(case(), contacts=(*case().casework.contacts, noted))
    assert table(one, "Letters that staff noted in Contacts").rows == (
        ("Wed 22 Apr 2026", "Posted. About the bus pass", "A Reed"),
    )
    titles = {block.title for block in sheet(case(), PROFILE).blocks}
    assert "Letters that staff noted in Contacts" not in titles
    assert findings(with_casework(one, letters=())) == ("Staff noted the letters below.",)


def test_without_carers_there_is_no_table_of_parents_and_every_letter_is_there_all_the_same() -> None:
    one = case(carers=())
    assert "To whom" not in {block.title for block in sheet(one, PROFILE).blocks}
    assert len(table(one, "What each letter told").rows) == len(LETTERS)
    named = case(carers=(Carer(ONE, 1, "", "Grandmother"), Carer(ONE, 2)))
    assert table(named, "To whom").headings == ("Sent on", "Letter", "Grandmother", "Parent 2", "Others")
