"""Adopt policy: what the Policy page shows is read, checked, said in words, and adopted by the real agent."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.book import MemoryBook, opened
from tests.desk import Somebody, Told, desk
from tests.policy_tables import tables

from halfday.functions import ATT_POLICY
from halfday_macros.adopt import CANCELLED, FAULTS, NO_NAME, SAME, adopt, moved, policy_tables
from halfday_macros.agent import MISSING, LocalAgent
from halfday_macros.buttons import press
from halfday_macros.desk import Answer, Desk, Stop
from halfday_sync.templates import policy_path, read_policy

CHANGES = "Stage 1 (Monitored): below 96% → below 95%.\n1 change, in force from 22 November 2026.\n"


@pytest.fixture
def book(school: Path) -> MemoryBook:
    tracker = next(school.glob("tracker.xls?"))
    return opened(str(tracker), tracker, selected="Policy")


def figure_of(book: MemoryBook, table: str, row: int, header: str = "Figure in %") -> tuple[Any, tuple[int, int]]:
    found = book.table(table)
    return found.on.held, (found.first[0] + row, book.column(table, header))


def asked_of(answer: str, **more: Any) -> Desk:
    return desk(Somebody(**more), policy=Answer(0, answer))


def commands(at: Desk) -> list[list[str]]:
    assert isinstance(at.agent, Told)
    return at.agent.asked


def test_the_policy_page_is_read_as_the_functions_read_it(book: MemoryBook) -> None:
    policy, _findings = read_policy(policy_path("stanton-road"))
    assert ATT_POLICY(*policy_tables(book.genuine())) == ATT_POLICY(*tables(policy))
    assert not ATT_POLICY(*policy_tables(book.genuine())).startswith("#")


def test_nothing_tried_is_nothing_to_adopt(book: MemoryBook, school: Path) -> None:
    before = {path.name for path in school.iterdir()}
    assert adopt(book.genuine(), Desk(Somebody(), LocalAgent(), desk().today)) == SAME
    assert {path.name for path in school.iterdir()} == before


def test_a_tried_figure_becomes_the_policy_when_a_person_agrees(book: MemoryBook, school: Path) -> None:
    cells, at = figure_of(book, "tblStages", 2)
    cells[at] = 93.5
    somebody = Somebody()
    press("adopt_policy", book.genuine(), Desk(somebody, LocalAgent(), desk().today))
    question = somebody.asked[-1]
    assert "Stage 2 (School Intervention Stage 2): below 92% → below 93.5%." in question
    assert "at another stage today" in question
    assert "Anna Bell adopts it." in question
    assert somebody.told[0].startswith("Adopted by Anna Bell: policy.toml. The policy before it is kept: policy-until-")
    adopted, _findings = read_policy(school / "policy.toml")
    assert ATT_POLICY(*policy_tables(book.genuine())) == ATT_POLICY(*tables(adopted))
    assert tomllib.loads((school / "halfday.toml").read_text(encoding="utf-8"))["school"]["policy"] == "policy.toml"
    assert book.writes == 0


def test_a_person_who_does_not_agree_changes_nothing(book: MemoryBook, school: Path) -> None:
    cells, at = figure_of(book, "tblStages", 2)
    cells[at] = 93.5
    assert adopt(book.genuine(), Desk(Somebody(yes=False), LocalAgent(), desk().today)) == CANCELLED
    assert not (school / "policy.toml").exists()


def test_tables_that_were_moved_or_hidden_and_whose_columns_changed_places_are_read_the_same(book: MemoryBook) -> None:
    wanted = ATT_POLICY(*policy_tables(book.genuine()))
    table = book.table("tblBands")
    first, second = book.column("tblBands", "Band"), book.column("tblBands", "Figure in %")
    for row in range(table.first[0], table.last[0] + 1):
        held = table.on.held
        held[row, first], held[row, second] = held.get((row, second)), held.get((row, first))
    table.on.title = "Our rules"
    assert ATT_POLICY(*policy_tables(book.genuine())) == wanted


def test_faults_are_said_before_anybody_is_asked(book: MemoryBook) -> None:
    cells, at = figure_of(book, "tblBands", 2)
    cells[at] = "ninety"
    somebody = desk(policy=Answer(0))
    with pytest.raises(Stop) as stop:
        adopt(book.genuine(), somebody)
    assert str(stop.value).startswith(f"{FAULTS}\n\n- ")
    assert "'ninety'" in str(stop.value)
    assert commands(somebody) == []


def test_every_fault_the_linter_finds_is_on_a_line_of_its_own(book: MemoryBook) -> None:
    cells, at = figure_of(book, "tblStages", 1)
    cells[at] = 40
    held, owner = figure_of(book, "tblActions", 1, "Who")
    held[owner] = None
    with pytest.raises(Stop) as stop:
        adopt(book.genuine(), desk(policy=Answer(0)))
    faults = str(stop.value).partition("\n\n")[2].splitlines()
    assert len(faults) >= 2
    assert all(line.startswith("- ") for line in faults)


def test_a_missing_table_column_or_choice_is_named(book: MemoryBook) -> None:
    held, header = figure_of(book, "tblTriggers", 0, "All of these")
    held[header] = "Conditions"
    with pytest.raises(Stop, match="table of triggers on the Policy page has no column called All of these"):
        policy_tables(book.genuine())
    held[header] = "All of these"
    page = book.table("tblBands").on
    rule = next(at for at, text in page.held.items() if str(text).startswith("Stages start at"))
    words = page.held.pop(rule)
    with pytest.raises(Stop, match="general choices are not on the Policy page"):
        policy_tables(book.genuine())
    page.held[rule] = words
    page.listed[:] = [table for table in page.listed if table.name != "tblActions"]
    with pytest.raises(Stop, match="table of actions is not on the Policy page"):
        policy_tables(book.genuine())


def test_the_agent_is_asked_twice_with_the_same_file_and_only_then_told_yes(book: MemoryBook, school: Path) -> None:
    seen: list[str] = []

    def answer(words: Any) -> Answer:
        seen.append(Path(words[words.index("--from") + 1]).read_text(encoding="utf-8"))
        return Answer(0, CHANGES if "--dry-run" in words else "Adopted by Jo: policy.toml.\n")

    somebody = Somebody(typed=["Jo"])
    at = desk(somebody, policy=answer)
    assert adopt(book.genuine(), at) == "Adopted by Jo: policy.toml.\nThe Tracker follows from Halfday's next run."
    first, second = commands(at)
    assert first[:4] == ["policy", "adopt", "--school", str(school)]
    assert (first[-1], second[-3:]) == ("--dry-run", ["--who", "Jo", "--yes"])
    assert seen[0] == seen[1] == ATT_POLICY(*policy_tables(book.genuine()))
    assert not Path(first[first.index("--from") + 1]).exists()


def test_without_a_name_nothing_is_adopted(book: MemoryBook) -> None:
    at = asked_of(CHANGES, typed=["  "])
    assert adopt(book.genuine(), at) == NO_NAME
    assert len(commands(at)) == 1


@pytest.mark.parametrize("code", [3, 4, 5, 6])
def test_what_the_agent_refuses_is_told(book: MemoryBook, code: int) -> None:
    with pytest.raises(Stop) as stop:
        adopt(book.genuine(), desk(policy=Answer(code, "", "The tried policy has faults.\n  - band: there is none\n")))
    assert "The tried policy has faults.\n  - band: there is none" in str(stop.value)


def test_without_the_agent_there_is_a_sentence(book: MemoryBook) -> None:
    with pytest.raises(Stop) as stop:
        adopt(book.genuine(), desk(policy=Stop(MISSING)))
    assert str(stop.value) == MISSING


def test_what_the_cells_of_the_workbook_show_is_counted_too(book: MemoryBook) -> None:
    assert moved(book.genuine()) == ""
    held, at = figure_of(book, "tblTracker", 1, "Stage")
    held[at] = "Stage 3" if held.get(at) != "Stage 3" else "Stage 1"
    assert moved(book.genuine()) == (
        "In this workbook 1 pupil shows another stage than was sent: its cells apply what is tried to the whole school "
        "year."
    )
    at_desk = asked_of(CHANGES)
    adopt(book.genuine(), at_desk)
    assert isinstance(at_desk.person, Somebody)
    assert "1 pupil shows another stage" in at_desk.person.asked[-1]
