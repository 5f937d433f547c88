"""Prepare referral makes the pack of one child, says what is missing and where all of it is, and names nobody."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.book import MemoryBook, little_book, opened
from tests.desk import Told, desk
from tests.own_profile import with_own_profile
from tests.referral_school import ISLA, NAMES, ReferralSchool, copy_of
from tests.referral_school import opened as school_of

from halfday_macros.desk import Answer, Stop, shown
from halfday_macros.prepare import ONE_CHILD, REFERRAL, prepare
from halfday_sync.workbook.layout import number

HELP = "  COMMAND\n    refer     make a child's pack\n"
KEY = number("J")


@pytest.fixture
def book(tmp_path: Path) -> MemoryBook:
    (tmp_path / "halfday.toml").write_text("", encoding="utf-8")
    return little_book(str(tmp_path / "tracker.xlsm"))


# --- What is asked, and what is shown --------------------------------------------------------------------------------


def test_the_agent_is_asked_for_the_one_pupil_and_a_draft_will_do(book: MemoryBook, tmp_path: Path) -> None:
    book.select("Tracker", 2)
    at = desk(help_=Answer(0, HELP), refer=Answer(0, "It is in referrals/2101/2026-11-22 rotherham draft\n"))
    said = prepare(book.genuine(), at, REFERRAL)
    assert isinstance(at.agent, Told)
    assert at.agent.asked[-1] == ["refer", "--school", str(tmp_path), "--pupil", "2101", "--draft"]
    assert "Nothing is sent: a person reads it" in said
    assert said.endswith("It is in referrals/2101/2026-11-22 rotherham draft")


def test_several_pupils_are_refused_before_anything_is_asked(book: MemoryBook) -> None:
    book.select("Tracker", 2, last=(3, 1))
    at = desk(help_=Answer(0, HELP))
    with pytest.raises(Stop, match=ONE_CHILD.partition(".")[0]):
        prepare(book.genuine(), at, REFERRAL)
    assert isinstance(at.agent, Told)
    assert at.agent.asked == [["--help"]]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (3, "Something in the school's settings"),
        (5, "A file that Halfday needs is in use"),
        (6, "Halfday stopped to be"),
    ],
)
def test_a_pack_that_could_not_be_made_is_said_with_why(book: MemoryBook, code: int, sentence: str) -> None:
    book.select("Tracker", 2)
    why = "The list of questions of pupil 2101 is open: close it and run this again."
    with pytest.raises(Stop) as stop:
        prepare(book.genuine(), desk(help_=Answer(0, HELP), refer=Answer(code, "", why)), REFERRAL)
    assert str(stop.value).startswith(sentence)
    assert str(stop.value).endswith(why)


def test_however_much_is_missing_the_box_says_where_the_pack_is() -> None:
    lines = ["A draft: 30 things are still missing.", *(f"  needed: {n}" for n in range(30)), "It is in x"]
    box = shown(lines).splitlines()
    assert (box[0], box[-1]) == (lines[0], lines[-1])
    told = [line for line in box if line.startswith("  needed")]
    assert f"  … and {30 - len(told)} more." in box
    assert len(box) < 20


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 9])
@pytest.mark.parametrize("indent", ["", "  "])
def test_every_line_is_shown_or_counted(count: int, indent: str) -> None:
    lines = ["first", *(f"{indent}line {n}" for n in range(count)), "last"]
    box = shown(lines, most=4).splitlines()
    counted = [int(line.split()[2]) for line in box if "… and" in line]
    assert sum(line in lines for line in box) + sum(counted) == len(lines)


# --- The real agent --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return school_of(tmp_path_factory.mktemp("oak") / "oak").folder


@pytest.fixture
def school(first: Path, tmp_path: Path) -> ReferralSchool:
    found = copy_of(first, tmp_path / "oak")
    with_own_profile(found.folder)
    found.again()
    return found


def real(school: ReferralSchool) -> Callable[[Sequence[str]], Answer]:
    """The real `halfday refer`, on the morning of the school."""

    def ask(words: Sequence[str]) -> Answer:
        at = words.index("--school")
        assert words[at + 1] == str(school.folder)
        code, said = school.refer(*words[1:at], *words[at + 2 :])
        return Answer(code, said)

    return ask


def test_from_its_row_on_today_a_child_gets_a_draft_that_says_what_is_missing_and_where(school: ReferralSchool) -> None:
    book = opened(str(school.tracker), school.tracker)
    held = book.sheet("Today").held
    row = next(row for (row, at), said in held.items() if str(said).startswith(f"{ISLA}|referral|"))
    book.select("Today", row)
    said = prepare(book.genuine(), desk(help_=Answer(0, HELP), refer=real(school)), REFERRAL)
    (made,) = [one for one in (school.packs / ISLA).iterdir() if one.is_dir()]
    assert made.name == f"{school.today} rotherham draft"
    lines = said.splitlines()
    assert any(line.startswith("A draft: ") and line.endswith(" still missing.") for line in lines)
    assert any(line.startswith("  needed: ") for line in lines)
    assert any(line.endswith(str(school.packs / ISLA / "questions.xlsx")) for line in lines)
    assert lines[-1] == f"It is in {made}"
    assert not [name for names in NAMES.values() for name in names if name in said]
