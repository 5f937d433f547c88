"""Letters in a school's own tracker, morning by morning: approved there, made beside it, withdrawn by late marks."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.killed import killed_at
from tests.letter_school import WARNING, LetterSchool, opened
from tests.staff_books import XmlBook
from tests.two_way_school import run

from halfday_sync import cli
from halfday_sync.entries import CONTACTS, DECISIONS, LETTERS
from halfday_sync.posting import files
from halfday_sync.store import Store

AGAIN = WARNING.replace("warning|", "warning~2|")
FILE = "2025-10-13 Warning letter - ForeP03 SurP03 and ForeP05 SurP05 Ash.docx"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The school on its first morning: one letter to approve, about brother and sister."""
    return opened(tmp_path_factory.mktemp("oak") / "oak").folder


@pytest.fixture
def school(first: Path, tmp_path: Path) -> LetterSchool:
    found = LetterSchool(tmp_path / "oak")
    found.open_its_doors()
    shutil.rmtree(found.folder)
    shutil.copytree(first, found.folder)
    return found


def words_of(path: Path) -> str:
    with ZipFile(path) as file:
        return file.read("word/document.xml").decode()


def test_brother_and_sister_have_one_row_and_one_line_on_today(school: LetterSchool) -> None:
    row = school.row(WARNING)
    assert (row["pupil"], row["class"], row["letter"]) == ("ForeP03 SurP03\nForeP05 SurP05", "Ash", "Warning letter")
    assert row["figures"] == "ForeP03: 89.7%, 6 of 58 sessions missed\nForeP05: 86.2%, 8 of 58 sessions missed"
    assert row["status"] == "To approve."
    page = school.page()
    assert "Letters to approve (1)\nSomebody approves these first. Halfday sends nothing." in page
    assert "ForeP03 SurP03, ForeP05 SurP05 | Ash | Now | Stage 1 | Warning letter | ForeP03: 89.7%" in page


@pytest.mark.parametrize("where", ["Letters", "Today"])
def test_a_letter_that_is_approved_is_made_beside_the_tracker(school: LetterSchool, where: str) -> None:
    if where == "Today":
        school.type_on_today(WARNING, "Yes", "Jo Bell")
    else:
        school.type(WARNING, approve="Yes", by="Jo Bell", line="It was good to talk.")
    said = school.again()
    assert "Letters: 1 approved; 1 made, in the folder letters." in said
    assert "SurP03" not in said
    assert school.files == [FILE]
    assert ("It was good to talk." in words_of(school.folder / "letters" / FILE)) == (where == "Letters")
    row = school.row(WARNING)
    assert row["status"] == (
        "Approved by Jo Bell, and made: read it, print it, sign it, send it; then fill in Sent on."
    )
    assert (row["by"], row["file"]) == ("Jo Bell", FILE)
    assert "1 letter is made and waits to be sent: in the folder letters." in school.page()
    before = (school.folder / "letters" / FILE).read_bytes()
    assert "Letters:" not in school.again()
    assert (school.folder / "letters" / FILE).read_bytes() == before


def test_its_figures_stay_as_they_were_approved(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    school.morning("ill")
    school.morning()
    assert school.row(WARNING)["figures"] == (
        "ForeP03: 89.7%, 6 of 58 sessions missed\nForeP05: 86.2%, 8 of 58 sessions missed\n"
        "Up to Fri 10 Oct, as approved."
    )


def test_approved_without_a_name_it_is_whoever_saved_the_workbook(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes")
    said = school.again()
    assert "1 letter was approved without a name: whoever saved the workbook counts as having approved." in said
    assert str(school.row(WARNING)["status"]).startswith("Approved by ann, and made")


def test_a_late_mark_withdraws_a_letter_that_has_not_gone(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    school.marks["P05", date(2025, 10, 2)] = "here"
    said = school.morning()
    assert "1 withdrawn, since marks changed" in said
    reason = "Marks changed: 86.2% then, 89.7% for the same days now (pupil P05)."
    assert school.row(WARNING)["status"] == f"Withdrawn on 14 Oct 2025. {reason}"
    assert school.row(WARNING)["file"] == "In the folder letters/withdrawn: do not send it."
    assert school.files == [f"withdrawn/{FILE}"]
    assert school.row(AGAIN)["approve"] is None
    assert f"Withdrawn: Warning letter about ForeP03 SurP03 and ForeP05 SurP05. {reason}" in school.page()
    school.type(AGAIN, approve="Yes", by="Jo Bell")
    school.again()
    assert school.files == [FILE.replace("10-13", "10-14"), f"withdrawn/{FILE}"]
    log = (school.folder / "halfday.log").read_text(encoding="utf-8")
    assert "Letters: 1 approved; 1 made" in log
    assert "Sur" not in log, "names of children stand in names of files, never in a log"


def test_the_letter_follows_a_child_whose_id_changes(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    school.change_id("P03", "Q03")
    school.morning()
    key = WARNING.replace("P03", "Q03")
    assert str(school.row(key)["status"]).startswith("Approved by Jo Bell, and made")
    assert [*school.letters] == [key]
    assert school.files == [FILE]


def test_not_needed_takes_the_step_off_the_lists(school: LetterSchool) -> None:
    school.type_on_today(WARNING, "Not needed")
    school.again()
    assert school.row(WARNING)["status"] == "Not needed. The step counts as no longer needed."
    assert "Letters to approve (0)" in school.page()
    school.morning()
    assert [*school.letters] == [WARNING]


def test_a_child_on_the_adapted_route_gets_the_adapted_letter(school: LetterSchool) -> None:
    desk = school.desk()
    row = {"pupil_id": "P05", "kind": "Adapted", "reason": "Long illness", "who": "Head"}
    desk.begin(DECISIONS, row | {"from": date(2025, 10, 1), "until": date(2025, 12, 1)})
    school.save(desk)
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    approval = school.letters[WARNING].approval
    assert approval is not None
    assert approval.template == "adapted-concern"
    assert school.row(WARNING)["letter"] == "Warning letter (adapted)"
    assert "Long illness" not in words_of(school.folder / "letters" / FILE)
    desk = school.desk()
    at = next(row for row, _key in desk.rows(DECISIONS))
    desk.fill_in(DECISIONS, at, {"until": date(2025, 10, 12)})
    school.save(desk)
    school.morning()
    assert school.letters[WARNING].approval == approval


def test_before_the_family_has_been_spoken_to_an_approval_does_not_count(school: LetterSchool) -> None:
    desk = school.desk()
    for at, _key in desk.rows(CONTACTS):  # it had been written down wrongly, for brother and sister
        desk.fill_in(CONTACTS, at, {"outcome": "No answer"})
    school.save(desk)
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    assert school.letters[WARNING].approval is None
    assert school.row(WARNING)["status"] == "First: Talk to the family (pupil P03)."
    assert "the approval does not count yet. First: Talk to the family (pupil P03)." in school.page()


def test_a_letter_that_has_gone_is_noted_and_its_step_is_done_for_both(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    school.type(WARNING, sent=school.today)
    school.again()
    assert school.row(WARNING)["status"] == "Sent on 13 Oct 2025."
    school.marks["P05", date(2025, 10, 2)] = "here"
    school.morning()
    assert school.row(WARNING)["status"] == (
        "Sent on 13 Oct 2025. Marks changed after it went: 86.2% then, 89.7% for the same days now (pupil P05)."
    )
    assert [*school.letters] == [WARNING]
    assert school.files == [FILE]


def test_once_nothing_asks_for_it_it_is_withdrawn(school: LetterSchool) -> None:
    for pupil_id, day in list(school.marks):
        if pupil_id in {"P03", "P05"}:
            school.marks[pupil_id, day] = "here"
    school.morning()
    assert school.row(WARNING)["status"] == (
        "Withdrawn on 14 Oct 2025. The policy does not ask for it any more: attendance is 100.0%, no stage."
    )


def test_a_dry_run_approves_nothing_and_writes_nothing(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    before = school.tracker.read_bytes()
    assert cli.main(["run", "--school", str(school.folder), "--as-of", "2025-10-13", "--dry-run"]) == 0
    assert school.files == []
    assert school.letters[WARNING].approval is None
    assert school.tracker.read_bytes() == before


def test_a_look_back_changes_no_letter(school: LetterSchool) -> None:
    school.morning()
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.tell()
    assert run(school.folder, date(2025, 10, 10))[0] == 0
    assert school.letters[WARNING].approval is None


def test_a_template_that_cannot_be_filled_in_never_stops_a_morning(school: LetterSchool) -> None:
    own = school.folder / "letter_templates"
    own.mkdir()
    (own / "warning.docx").write_bytes(b"no Word file")
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    assert school.files == []
    status = str(school.row(WARNING)["status"])
    assert status.startswith("Approved by Jo Bell. It could not be made: The letter template warning.docx")
    assert "Letters: Warning letter. It could not be made" in school.page()
    (own / "warning.docx").unlink()
    school.again()
    assert school.files == [FILE]


def test_a_disk_that_refuses_never_stops_a_morning(school: LetterSchool) -> None:
    (school.folder / "letters").write_text("in the way")
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    assert "Approved by Jo Bell. It could not be written" in str(school.row(WARNING)["status"])
    (school.folder / "letters").unlink()
    school.again()
    assert school.files == [FILE]


def test_no_file_that_lies_there_is_written_over(school: LetterSchool) -> None:
    (school.folder / "letters").mkdir()
    (school.folder / "letters" / FILE).write_text("a person's own")
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    second = FILE.replace(".docx", " (2).docx")
    assert school.files == sorted([FILE, second])
    assert (school.folder / "letters" / FILE).read_text() == "a person's own"
    assert school.row(WARNING)["file"] == second


def test_one_that_somebody_has_open_stays_until_it_is_closed_and_it_is_said(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    lock = school.folder / "letters" / f"~${FILE[2:]}"
    lock.touch()
    (school.folder / "letters" / FILE).write_bytes(b"words of a person's own")
    school.type(WARNING, approve="Not yet")
    school.again()
    assert FILE in school.files
    assert "Its file is still in the folder letters" in str(school.row(WARNING)["status"])
    lock.unlink()
    school.again()
    assert school.files == [f"withdrawn/{FILE}"]
    assert (school.folder / "letters" / "withdrawn" / FILE).read_bytes() == b"words of a person's own"


def test_what_was_typed_in_a_row_moved_from_its_key_is_not_taken_over(school: LetterSchool) -> None:
    book = XmlBook(school.tracker.read_bytes())
    grid = book.tables()[LETTERS]
    book.type(grid.sheet, grid.rows[0], grid.column("Pupil ID"), "P01")
    book.type(grid.sheet, grid.rows[0], grid.column("✎ Approve"), "Yes")
    school.tracker.write_bytes(book.saved())
    school.again()
    assert school.letters[WARNING].approval is None
    assert "this is about P01 and stands in a row about P03" in school.page()


def test_a_hold_typed_today_holds_a_letter_back_today(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    desk = school.desk()
    row = {"pupil_id": "P05", "kind": "Hold", "reason": "Bereavement", "who": "Head"}
    desk.begin(DECISIONS, row | {"from": school.today, "until": date(2025, 12, 1)})
    school.save(desk)
    school.again()
    assert school.row(WARNING)["status"] == "Withdrawn on 13 Oct 2025. On hold until 1 Dec 2025."
    assert school.files == [f"withdrawn/{FILE}"]
    assert [one.pupil_ids for one in school.letters.values() if one.is_open] == [("P03",)]
    before = {key: one.is_open for key, one in school.letters.items()}
    school.morning()
    assert {key: one.is_open for key, one in school.letters.items()} == before


def test_an_approved_letter_is_withdrawn_once_the_figure_has_risen_above_its_stage(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    for _day in range(9):
        school.go_on(["here"])
    school.again()
    risen = "The figure has risen above this stage: wait for the review."
    assert school.row(WARNING)["status"] == f"Withdrawn on 24 Oct 2025. {risen}"
    assert school.files == [f"withdrawn/{FILE}"]
    assert [one.pupil_ids for one in school.letters.values() if one.is_open] == [("P05",)]


def test_children_who_turn_out_to_be_of_two_families_are_in_no_letter_together(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    school.pupils["P05"] = replace(school.pupils["P05"], family_id="F9")
    school.morning()
    assert school.files == [f"withdrawn/{FILE}"]
    assert [one.pupil_ids for one in school.letters.values() if one.is_open] == [("P03",), ("P05",)]


def test_a_name_in_any_writing_makes_a_name_of_a_file(school: LetterSchool) -> None:
    for pupil_id in ("P03", "P05"):
        school.pupils[pupil_id] = replace(school.pupils[pupil_id], forename="<&>'\U0001f600", surname="\u0985" * 60)
    school.morning()
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    (name,) = school.files
    assert len(name.encode()) < 255
    assert "\u0985" * 60 in words_of(school.folder / "letters" / name)


def test_its_pdf_goes_with_it(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    pdf = FILE.replace(".docx", ".pdf")
    (school.folder / "letters" / pdf).write_bytes(b"printed")
    school.type(WARNING, approve="Not yet")
    school.again()
    assert school.files == [f"withdrawn/{FILE}", f"withdrawn/{pdf}"]


def test_a_day_long_before_it_was_asked_for_counts_and_is_asked_about(school: LetterSchool) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    school.type(WARNING, sent=date(2024, 10, 13))
    school.again()
    doubt = "Sent on is 13 Oct 2024, before Halfday had asked for it: is the date right?"
    assert school.row(WARNING)["status"] == f"Sent on 13 Oct 2024. {doubt}"
    assert doubt in school.page()
    school.type(WARNING, sent=school.today)
    school.again()
    assert school.row(WARNING)["status"] == "Sent on 13 Oct 2025."


def test_two_answers_to_one_letter_are_said(school: LetterSchool) -> None:
    school.type_on_today(WARNING, "Not needed")
    school.type(WARNING, approve="Yes", by="Jo Bell")
    school.again()
    assert "Letters and Today say different things about one letter: Letters counts." in school.page()


class TestOnTheCommandLine:
    def say(self, school: LetterSchool, *words: str) -> int:
        return cli.main(["letters", *words, "--school", str(school.folder), "--as-of", school.today.isoformat()])

    def test_the_list_has_keys_and_no_names(self, school: LetterSchool, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.say(school) == 0
        said = capsys.readouterr().out
        assert said.splitlines()[:2] == ["Letters: to approve 1.", f"  {WARNING}  warning  2 children  to approve"]
        assert "Sur" not in said

    def test_approved_there_it_stays_approved_when_the_next_run_reads_the_empty_cell(
        self, school: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.say(school, "approve", WARNING, "--who", "Jo Bell", "--line", "With thanks.") == 0
        assert "Made and ready to be read: 1 letter, in " in capsys.readouterr().out
        assert school.files == [FILE]
        school.again()
        assert str(school.row(WARNING)["status"]).startswith("Approved by Jo Bell, and made")
        assert self.say(school, "sent", WARNING, "--on", "2025-10-13", "--who", "Jo Bell") == 0
        school.again()
        assert school.row(WARNING)["status"] == "Sent on 13 Oct 2025."
        school.morning()
        assert [one.sent for one in school.letters.values()] == [date(2025, 10, 13)]

    def test_what_people_say_in_the_workbook_comes_before_it(self, school: LetterSchool) -> None:
        assert self.say(school, "approve", WARNING, "--who", "Jo Bell") == 0
        school.type(WARNING, approve="Not yet")
        school.again()
        assert school.letters[WARNING].approval is None
        assert school.files == [f"withdrawn/{FILE}"]

    def test_all_problems_at_once_and_nothing_is_done(
        self, school: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        school.type(WARNING, approve="Not needed")
        assert self.say(school, "approve", WARNING, "P9|x|2025-10-10", "--who", "Jo") == 6
        said = capsys.readouterr().err
        assert f"{WARNING}: Approve on the page Letters says 'Not needed': change it there" in said
        assert "P9|x|2025-10-10: there is no such letter" in said
        assert school.files == []

    def test_a_dry_run_approves_nothing(self, school: LetterSchool) -> None:
        assert self.say(school, "approve", WARNING, "--who", "Jo Bell", "--dry-run") == 0
        assert (school.files, school.letters[WARNING].approval) == ([], None)

    def test_make_reads_what_was_saved_and_makes_what_is_missing(
        self, school: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        school.type(WARNING, approve="Yes", by="Jo Bell")
        assert self.say(school, "make", "--pupil", "P05") == 0
        assert "Made and ready to be read: 1 letter, in " in capsys.readouterr().out
        (school.folder / "letters" / FILE).unlink()
        assert self.say(school, "make") == 0
        assert school.files == [FILE]

    def test_one_that_waits_again_is_in_no_table(
        self, school: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        school.type(WARNING, approve="Yes", by="Jo Bell")
        school.again()
        desk = school.desk()
        for at, _key in desk.rows(CONTACTS):  # it had been written down wrongly, for brother and sister
            desk.fill_in(CONTACTS, at, {"outcome": "No answer"})
        school.save(desk)
        school.again()
        assert "waits to be sent" not in school.page()
        assert self.say(school, "table", str(school.folder / "merge.xlsx")) == 0
        assert self.say(school) == 0
        said = capsys.readouterr().out
        assert "Letters in the table: 0." in said
        assert "approved, not to be sent yet" in said

    def test_a_table_for_schools_that_print_elsewhere(
        self, school: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        school.type(WARNING, approve="Yes", by="Jo Bell")
        school.again()
        path = school.folder / "merge.xlsx"
        assert self.say(school, "table", str(path)) == 0
        assert "Letters in the table: 1." in capsys.readouterr().out
        with ZipFile(path) as file:
            assert WARNING in file.read("xl/sharedStrings.xml").decode()
        assert self.say(school, "table", str(path)) == 6

    def test_templates_are_checked_and_their_fields_listed(
        self, school: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.say(school, "lint") == 0
        assert self.say(school, "fields") == 0
        assert "personal_line" in capsys.readouterr().out


class TestToEveryone:
    @pytest.fixture
    def term(self, school: LetterSchool) -> LetterSchool:
        path = school.folder / "little" / "policy.toml"
        path.write_text(
            path.read_text() + '[[letter]]\nid = "termly"\ntitle = "Attendance this term"\ntemplate = "termly-letter"\n'
        )
        return school

    def say(self, school: LetterSchool, *words: str) -> int:
        words = ("everyone", *words, "--who", "Jo Bell", "--school", str(school.folder), "--as-of", "2025-10-13")
        return cli.main(["letters", *words])

    def test_each_family_gets_one_and_what_is_there_is_not_made_again(
        self, term: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.say(term, "termly") == 0
        said = capsys.readouterr().out
        assert "Attendance this term, approved by Jo Bell: 5 letters about 6 children." in said
        assert "Sur" not in said
        folder = "2025-10-13 Attendance this term"
        assert f"{folder}/Ash ForeP03 SurP03 and ForeP05 SurP05 P03.docx" in term.files
        assert len(term.files) == 5
        (term.folder / "letters" / term.files[0]).unlink()
        assert self.say(term, "termly") == 0
        assert "Made: 1 file, in " in capsys.readouterr().out
        assert len(term.files) == 5

    def test_a_family_on_the_adapted_route_is_left_to_a_person_where_there_is_no_adapted_one(
        self, term: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        desk = term.desk()
        row = {"pupil_id": "P05", "kind": "Adapted", "reason": "Bereavement", "who": "Head"}
        desk.begin(DECISIONS, row | {"from": date(2025, 10, 1), "until": date(2025, 12, 1)})
        term.save(desk)
        assert self.say(term, "termly") == 0
        said = capsys.readouterr().out
        assert "write in your own words: P03, P05." in said
        assert len(term.files) == 4

    def test_the_half_term_figure_goes_to_every_family_and_twice_to_nobody(
        self, school: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A step asks for it child by child; whoever has it that way is left out here."""
        path = school.folder / "little" / "policy.toml"
        path.write_text(path.read_text().replace('template = "warning"', 'template = "half-term-figure"'))
        assert self.say(school, "warning", "--dry-run") == 0
        said = capsys.readouterr().out
        assert "4 letters about 4 children." in said
        assert "2 children have a letter of their own on Letters, and are left out." in said
        assert [one.pupil_ids for one in school.letters.values()] == [("P03", "P05")]

    def test_a_dry_run_and_a_letter_that_is_asked_for_child_by_child(
        self, term: LetterSchool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.say(term, "termly", "--dry-run") == 0
        assert term.files == []
        assert self.say(term, "warning") == 3
        assert "There is no letter to every family called 'warning'." in capsys.readouterr().err

    def test_as_a_table(self, term: LetterSchool) -> None:
        path = term.folder / "all.xlsx"
        assert self.say(term, "termly", "--table", str(path)) == 0
        assert path.is_file()
        assert term.files == []


# --- Killed ----------------------------------------------------------------------------------------------------------


_TOUCHES = ((Store, "happen"), (files, "put_whole"), (Path, "rename"))


def made(school: LetterSchool) -> int:
    """Letters as a morning sees to them, without the tracker, which has a test of its own (`test_run_crash`)."""
    return cli.main(["letters", "make", "--school", str(school.folder), "--as-of", school.today.isoformat()])


@pytest.mark.parametrize("what", ["made", "put away"])
def test_a_run_killed_at_any_step_is_made_good_by_the_next(school: LetterSchool, what: str) -> None:
    school.type(WARNING, approve="Yes", by="Jo Bell")
    wanted = [FILE]
    if what == "put away":
        school.again()
        school.type(WARNING, approve="Not yet")
        wanted = [f"withdrawn/{FILE}"]
    kept, step, reached = school.folder.with_name("kept"), 0, True
    shutil.copytree(school.folder, kept)
    while reached:
        step += 1
        reached = killed_at(step, _TOUCHES, lambda: made(school))
        assert made(school) == 0
        assert school.files == wanted, step
        assert school.letters[WARNING].files == (() if what == "put away" else (FILE,))
        shutil.rmtree(school.folder)
        shutil.copytree(kept, school.folder)
    assert step > 6
