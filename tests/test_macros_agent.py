"""Buttons that ask the agent: every answer it can give is one calm sentence, and the real one is asked for real."""

import sys
from pathlib import Path

import pytest
from tests.book import MemoryBook, little_book, opened
from tests.desk import HELP, Somebody, Told, desk

from halfday_macros.agent import MISSING, SILENT, LocalAgent
from halfday_macros.buttons import BUTTONS, press
from halfday_macros.desk import Answer, Desk, Stop
from halfday_macros.guide import WHERE, guide, pages
from halfday_macros.prepare import LETTERS, ONE_CHILD, REFERRAL, commands, prepare
from halfday_macros.pupils import NONE_SELECTED
from halfday_macros.refresh import WAITS, refresh
from halfday_macros.school import IN_THE_CLOUD, NO_SCHOOL, NOT_SAVED, folder_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "halfday.toml").write_text("", encoding="utf-8")
    return tmp_path


@pytest.fixture
def book(folder: Path) -> MemoryBook:
    return little_book(str(folder / "tracker.xlsm"))


def test_the_folder_is_the_one_with_the_settings_beside_or_above(folder: Path) -> None:
    (folder / "trackers").mkdir()
    for name in (folder / "tracker.xlsm", folder / "trackers" / "copy.xlsm"):
        assert folder_of(little_book(str(name)).genuine()) == folder


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("https://school.sharepoint.com/sites/office/tracker.xlsm", IN_THE_CLOUD),
        ("HTTPS://d.docs.live.net/1/tracker.xlsm", IN_THE_CLOUD),
        ("Book1", NOT_SAVED),
        ("/nowhere/at/all/tracker.xlsm", NO_SCHOOL),
    ],
)
def test_a_workbook_in_no_schools_folder_gets_a_sentence(name: str, sentence: str) -> None:
    with pytest.raises(Stop) as stop:
        refresh(little_book(name).genuine(), desk())
    assert str(stop.value) == sentence


def test_an_address_whose_file_xlwings_cannot_find_gets_the_same_sentence() -> None:
    class Lost(MemoryBook):
        @property
        def fullname(self) -> str:
            raise RuntimeError("Couldn't find the local path of your OneDrive file")

    with pytest.raises(Stop) as stop:
        folder_of(Lost().genuine())
    assert str(stop.value) == IN_THE_CLOUD


def test_refresh_asks_for_a_run_of_this_school(book: MemoryBook, folder: Path) -> None:
    at = desk(run=Answer(0, "Fri 5 Dec 2025: marks up to Thu 4 Dec count.\n2 stage changes.\nWritten: tracker.xlsm\n"))
    said = refresh(book.genuine(), at)
    assert isinstance(at.agent, Told)
    assert at.agent.asked == [["run", "--school", str(folder)]]
    assert said == (
        "Done. Close this workbook and open it again to see today's page.\n\n"
        "Fri 5 Dec 2025: marks up to Thu 4 Dec count.\n2 stage changes."
    )


def test_refresh_says_which_file_is_beside_the_open_one(book: MemoryBook) -> None:
    beside = "tracker.xlsm stays as it is: a later morning is in it. This one is beside it: t (2).xlsm"
    said = refresh(book.genuine(), desk(run=Answer(0, beside)))
    assert said == (
        "Done. This workbook stays as it is: a later morning is in it. The page is in a file beside it: t (2).xlsm"
    )


def test_refresh_of_the_open_workbook_leaves_saving_to_the_person(book: MemoryBook) -> None:
    lines = [
        "2 stage changes.",
        "Brought up to date: tracker.xlsm",
        "It is open in Excel on this computer and was changed there. Save it when you are ready.",
    ]
    said = refresh(book.genuine(), desk(run=Answer(0, "\n".join(lines))))
    assert said == "Done. This workbook is up to date. Save it when you are ready.\n\n2 stage changes."


def test_refresh_while_the_workbook_is_open_says_what_to_do(book: MemoryBook) -> None:
    fault = "The workbook tracker.xlsm cannot be written: Anna Bell has it open.\nNew marks are in the store already.\n"
    said = refresh(book.genuine(), desk(run=Answer(5, "", fault)))
    assert said.startswith(WAITS)
    assert said.endswith("New marks are in the store already.")


@pytest.mark.parametrize(
    ("code", "begins"),
    [
        (1, "Something in Halfday itself went wrong."),
        (2, "The button and the Halfday program do not fit together"),
        (3, "Something in the school's settings or policy needs putting right first."),
        (4, "The marks could not be taken in, so nothing was changed."),
        (6, "Halfday stopped to be on the safe side, and changed nothing."),
        (-9, "Halfday stopped without saying why."),
    ],
)
def test_each_exit_code_is_a_sentence_and_the_agents_own_words(book: MemoryBook, code: int, begins: str) -> None:
    fault = "\n".join(["What the source gave cannot be right.", *(f"  - row {n}" for n in range(40))])
    with pytest.raises(Stop) as stop:
        refresh(book.genuine(), desk(run=Answer(code, "", fault)))
    said = str(stop.value)
    assert said.startswith(begins)
    assert "What the source gave cannot be right.\n  - row 0" in said
    assert said.endswith("… and 23 more.")


def test_nothing_is_ever_written_by_a_refresh(book: MemoryBook) -> None:
    for code in range(7):
        somebody = Somebody()
        press("refresh", book.genuine(), desk(somebody, run=Answer(code, "", "")))
        assert len(somebody.told) == 1
    assert book.writes == 0


# --- the real agent --------------------------------------------------------------------------------------------------


def test_the_real_agent_answers_in_utf_8() -> None:
    agent = LocalAgent()
    assert agent.ask(["--version"], patience=60).said.startswith("halfday ")
    answer = agent.ask(["check", "--school", "nö-school"], patience=60)
    assert (answer.code, "nö-school" in answer.fault) == (3, True)


def test_the_commands_of_the_real_agent_are_read_from_its_help() -> None:
    assert {"run", "why", "policy", "check"} <= commands(LocalAgent())


def test_an_agent_that_is_not_installed_is_a_sentence(tmp_path: Path) -> None:
    for program in ((str(tmp_path / "no-such-python"),), (sys.executable, "-m", "no_such_halfday")):
        with pytest.raises(Stop) as stop:
            LocalAgent(program).ask(["--version"], patience=60)
        assert str(stop.value) == MISSING


def test_an_agent_that_hangs_is_stopped_and_told_of() -> None:
    hangs = LocalAgent((sys.executable, "-c", "import threading; threading.Event().wait()"))
    with pytest.raises(Stop) as stop:
        hangs.ask([], patience=0.2)
    assert str(stop.value) == SILENT


def test_a_button_asks_the_real_agent_about_a_real_folder(new_school: Path) -> None:
    somebody = Somebody()
    book = little_book(str(new_school / "tracker.xlsm"))
    press("refresh", book.genuine(), Desk(somebody, LocalAgent(), desk().today))
    assert somebody.told[0].startswith("The marks could not be taken in, so nothing was changed.")
    assert "Import pupils and marks first" in somebody.told[0]


# --- letters and referrals -------------------------------------------------------------------------------------------


def test_letters_are_prepared_for_all_selected_pupils(book: MemoryBook, folder: Path) -> None:
    book.select("Tracker", 2, last=(3, 5))
    at = desk(help_=Answer(0, HELP), letters=Answer(0, "2 letters: letters/2101.docx, letters/2102.docx\n"))
    said = prepare(book.genuine(), at, LETTERS)
    assert isinstance(at.agent, Told)
    assert at.agent.asked[-1] == ["letters", "make", "--school", str(folder), "--pupil", "2101", "--pupil", "2102"]
    assert said.startswith("Halfday made the letters that are approved for these pupils. Nothing is sent")
    assert said.endswith("letters/2102.docx")


def test_what_the_agent_cannot_do_yet_is_said_and_begins_to_work_by_itself(book: MemoryBook) -> None:
    for kind in (LETTERS, REFERRAL):
        with pytest.raises(Stop) as stop:
            prepare(book.genuine(), desk(help_=Answer(0, "  COMMAND\n    run   the morning run\n")), kind)
        assert str(stop.value) == kind.not_yet
    able = desk(help_=Answer(0, "  COMMAND\n    refer     prepare a referral\n"), refer=Answer(0, "referrals/2101.zip"))
    assert prepare(book.genuine(), able, REFERRAL).endswith("referrals/2101.zip")


def test_a_word_inside_the_help_is_no_command() -> None:
    assert commands(desk(help_=Answer(0, HELP)).agent) == {"run", "letters", "policy"}


def test_a_referral_is_about_one_child(book: MemoryBook) -> None:
    book.select("Tracker", 2, last=(3, 1))
    with pytest.raises(Stop) as stop:
        prepare(book.genuine(), desk(help_=Answer(0, "    refer   prepare\n")), REFERRAL)
    assert str(stop.value) == ONE_CHILD


def test_letters_need_a_pupil(book: MemoryBook) -> None:
    book.select("Tracker", 1)
    with pytest.raises(Stop) as stop:
        prepare(book.genuine(), desk(help_=Answer(0, HELP)), LETTERS)
    assert str(stop.value) == NONE_SELECTED


# --- help ------------------------------------------------------------------------------------------------------------


def test_help_says_where_one_is_what_is_live_and_who_answers(book: MemoryBook) -> None:
    book.sheet("Tracker").title = "My list"
    book.sheet("My list").take((2, 4), '=IFERROR(ATT_STAGE(A2,PolicyText),"")')
    book.select("My list", 2)
    said = guide(book.genuine(), desk(version_=Answer(0, "halfday 9.9\n")))
    assert said.startswith("Tracker: one row a pupil.")
    assert "Live columns of the Tracker: Stage." in said
    assert "The Halfday program answers: halfday 9.9. These buttons are of halfday " in said
    assert said.endswith(WHERE)


def test_help_without_the_agent_still_helps(book: MemoryBook) -> None:
    book.select("Today", 5)
    said = guide(book.genuine(), desk(version_=Stop(MISSING)))
    assert said.startswith("Today: read it from top to bottom at eight")
    assert "No column of the Tracker has a function" in said
    assert MISSING in said


def test_help_on_a_page_of_ones_own_and_with_nothing_selected(book: MemoryBook) -> None:
    book.select("Trip to the zoo", 1)
    answer = Answer(0, "")
    assert guide(book.genuine(), desk(version_=answer)).startswith("This page is your own: Halfday never changes it.")
    book.app.chosen = None
    assert "does not say which version" in guide(book.genuine(), desk(version_=answer))


def test_every_page_of_the_workbook_has_its_help(made: Path) -> None:
    tracker = next(made.glob("tracker.xls?"))
    sheets = {sheet.title for sheet in opened(str(tracker), tracker).sheets}
    assert {"Today", "Tracker", "Policy", "Register"} <= sheets
    assert {name for name in sheets if not name.startswith("xlwings")} <= set(pages())


# --- all of them -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.name)
def test_every_button_always_says_something_and_never_shows_what_it_held(button: object) -> None:
    name = getattr(button, "name", "")

    class Broken(MemoryBook):
        @property
        def sheets(self) -> None:  # type: ignore[override]
            raise KeyError("Mia Ash")

    somebody = Somebody()
    book = Broken()
    book._app.chosen = little_book().app.chosen
    press(name, book.genuine(), desk(somebody, help_=Stop("no"), version_=Stop("no")))
    assert len(somebody.told) == 1
    assert somebody.told[0]
    assert "Mia" not in somebody.told[0]


def test_an_unknown_button_is_told() -> None:
    somebody = Somebody()
    press("selfdestruct", little_book().genuine(), desk(somebody))
    assert somebody.told[0].startswith("There is no button 'selfdestruct'. Known: refresh, record_contact, ")
