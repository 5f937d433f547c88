"""Two weeks of runs: what is agreed on Review is one row of Minutes, stands on Today when due, has its consequences."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.staff_books import Grid, XmlBook
from tests.two_way_school import School

from halfday.policy.ladder import REVIEW
from halfday_sync import config
from halfday_sync.entries import MINUTES, Typed
from halfday_sync.store import Store
from halfday_sync.workbook.layout import document, number, section_columns

KEYS = {page: number(document("layout")[page]["key"]) + 1 for page in ("today", "review")}
AT = {column.key: column.at + 1 for column in section_columns("review", "pupils")}
DONE = 8
FRIDAY, NEXT, REVIEW_DAY = date(2025, 10, 17), date(2025, 10, 24), date(2025, 10, 24)


@pytest.fixture
def oak(tmp_path: Path) -> School:
    """The school on Tuesday 14 October, its tracker of that morning."""
    school = School(tmp_path / "oak")
    school.open_its_doors()
    next_morning(school)
    return school


def next_morning(school: School, days: int = 1) -> str:
    school.go_on(["here"], days)
    school.tell()
    code, said = school.run()
    assert code == 0, said
    return said


def people(school: School, what: Callable[[XmlBook], None]) -> None:
    """Somebody opens the tracker, types and saves."""
    book = XmlBook(school.tracker.read_bytes())
    what(book)
    school.tracker.write_bytes(book.saved())


def minutes(school: School) -> dict[str, dict[str, Typed]]:
    found: dict[str, dict[str, Typed]] = {}
    with Store.open(config.load(school.folder).store) as store:
        assert store.broken() == ()
        for (_place, key, column), value in store.entries(MINUTES).items():
            found.setdefault(key, {})[column] = value
    return found


def rows(book: XmlBook, page: str) -> dict[str, int]:
    """The rows of a page that have a key."""
    title = page.title()
    found = {str(book.value(title, row, KEYS[page]) or ""): row for row in range(1, 150)}
    return {key: row for key, row in found.items() if key.count("|") == 2}


def shown(school: School, page: str, key: str, column: int) -> Any:
    book = XmlBook(school.tracker.read_bytes())
    return book.value(page.title(), rows(book, page)[key], column)


def agree(key: str, **cells: Typed) -> Callable[[XmlBook], None]:
    def typed(book: XmlBook) -> None:
        row = rows(book, "review")[key]
        for column, value in cells.items():
            book.type("Review", row, AT[column], value)

    return typed


def page_words(school: School, page: str) -> str:
    book = XmlBook(school.tracker.read_bytes())
    return "\n".join(str(book.value(page, row, column) or "") for row in range(1, 150) for column in range(1, 12))


def test_what_is_agreed_is_one_row_through_two_weeks(oak: School) -> None:
    key = f"P02|half-term|{REVIEW_DAY}"
    next_due = date(2025, 10, 20)
    people(oak, agree(key, agreed="Meet the family", owner="RK", next_due="20/10", note="Both parents"))
    next_morning(oak)
    row = {
        "date": date(2025, 10, 14),
        "meeting": "Half-term review",
        "pupil_id": "P02",
        "agreed": "Meet the family",
        "owner": "RK",
        "next_due": next_due,
        "note": "Both parents",
    }
    assert minutes(oak) == {key: row}
    assert shown(oak, "review", key, AT["agreed"]) == "Meet the family"
    next_morning(oak)
    people(oak, agree(key, note=None))
    next_morning(oak)
    del row["note"]
    assert minutes(oak) == {key: row}

    # On Monday it is due: ticked on Today, it is ticked on Minutes.
    next_morning(oak)
    assert oak.today == next_due

    def tick(book: XmlBook) -> None:
        assert "Agreed in meetings" in page_words(oak, "Today")
        book.type("Today", rows(book, "today")[key], DONE, "Yes")

    people(oak, tick)
    next_morning(oak)
    assert minutes(oak) == {key: row | {"done": "Yes"}}
    book = XmlBook(oak.tracker.read_bytes())
    assert key not in rows(book, "today")
    grid = book.tables()[MINUTES]
    assert [book.value(grid.sheet, at, grid.column("Pupil")) for at in grid.rows] == ["ForeP02 SurP02"]


@pytest.mark.parametrize("chance", range(2))
def test_minutes_are_what_was_typed_through_sorts_and_saves(oak: School, chance: int) -> None:
    """On Review and on Minutes in turn, by chance; the rows of Minutes sorted in between."""
    random, said = Random(chance), dict[tuple[str, str], Typed]()
    for _ in range(5):
        book = XmlBook(oak.tracker.read_bytes())
        page, grid = rows(book, "review"), book.tables()[MINUTES]
        kept = {str(book.value(grid.sheet, row, grid.column("Entry")) or ""): row for row in grid.rows}
        for key in random.sample(sorted(page), 2):
            column, value = random.choice([("agreed", "Visit"), ("owner", "RK"), ("note", "Ask"), ("note", None)])
            book.type("Review", page[key], AT[column], value)
            said[key, column] = value
        for key in [key for key in kept if key and random.random() < 0.5 and (key, "agreed") not in said]:
            book.type(grid.sheet, kept[key], grid.column("✎ Agreed"), "Meet the family")
            said[key, "agreed"] = "Meet the family"
        _sort(book, grid, random)
        oak.tracker.write_bytes(book.saved())
        next_morning(oak)
        there = {(key, column): value for key, row in minutes(oak).items() for column, value in row.items()}
        there = {where: value for where, value in there.items() if where[1] in AT}
        assert there == {where: value for where, value in said.items() if value is not None}


def _sort(book: XmlBook, grid: Grid, random: Random) -> None:
    across = range(grid.left, grid.right + 1)
    contents = [book.contents(grid.sheet, row, across) for row in grid.rows]
    random.shuffle(contents)
    for row, was in zip(grid.rows, contents, strict=True):
        book.clear(grid.sheet, row, across)
        book.put(grid.sheet, row, across, was)


def test_next_week_the_cells_are_empty_and_it_is_said_what_was_agreed_last(oak: School) -> None:
    oak.marks |= {("P01", date(2025, 10, 13)): "ill", ("P01", date(2025, 10, 14)): "ill"}
    next_morning(oak)
    now, then = f"P01|weekly|{FRIDAY}", f"P01|weekly|{NEXT}"
    people(oak, agree(now, agreed="Visit", owner="AB"))
    next_morning(oak, 2)
    assert oak.today == FRIDAY
    assert shown(oak, "review", now, AT["agreed"]) == "Visit"
    next_morning(oak)
    keys = rows(XmlBook(oak.tracker.read_bytes()), "review")
    assert now not in keys
    assert shown(oak, "review", then, AT["agreed"]) in (None, "")
    assert shown(oak, "review", then, AT["before"]) == "Wed 15 Oct: Visit (AB)"
    assert minutes(oak)[now]["date"] == date(2025, 10, 15)
    assert then not in minutes(oak)


def test_what_is_cleared_before_the_next_run_or_after_it_is_taken_back(oak: School) -> None:
    key = f"P02|half-term|{REVIEW_DAY}"
    people(oak, agree(key, agreed="Visit"))
    next_morning(oak)
    assert key in minutes(oak)
    people(oak, agree(key, agreed=None))
    next_morning(oak)
    assert "agreed" not in minutes(oak).get(key, {})
    assert shown(oak, "review", key, AT["agreed"]) in (None, "")


def test_a_row_that_was_sorted_apart_is_not_taken_over(oak: School) -> None:
    def sort(book: XmlBook) -> None:
        keys = [key for key in rows(book, "review") if "|half-term|" in key]
        first, second = (rows(book, "review")[key] for key in keys[:2])
        across = range(1, KEYS["review"])  # all but the hidden keys
        above, below = (book.contents("Review", row, across) for row in (first, second))
        for row, contents in ((first, below), (second, above)):
            book.clear("Review", row, across)
            book.put("Review", row, across, contents)
        book.type("Review", first, AT["agreed"], "Visit")

    people(oak, sort)
    next_morning(oak)
    assert not minutes(oak)
    assert "was sorted apart from the rest of the page" in page_words(oak, "Today")


def test_a_row_that_people_began_on_minutes_is_ticked_on_today(oak: School) -> None:
    def begin(book: XmlBook) -> None:
        grid = book.tables()[MINUTES]
        said: dict[str, Typed] = {
            "✎ Date": date(2025, 10, 14),
            "✎ Meeting": "Governors",
            "✎ Pupil ID": "P05",
            "✎ Agreed": "Ring the family",
            "✎ By when": date(2025, 10, 16),
        }
        for title, value in said.items():
            book.type(grid.sheet, grid.rows[0], grid.column(title), value)

    people(oak, begin)
    next_morning(oak)
    assert [*minutes(oak)] == ["M1"]
    people(oak, lambda book: book.type("Today", rows(book, "today")["P05|M1|-"], DONE, "Yes"))
    next_morning(oak)
    assert minutes(oak)["M1"]["done"] == "Yes"
    assert len(minutes(oak)) == 1


def test_to_step_down_is_a_review_and_asks_for_a_name(oak: School) -> None:
    key = f"P03|half-term|{REVIEW_DAY}"

    def decided() -> list[tuple[str, str, date, str]]:
        with Store.open(config.load(oak.folder).store) as store:
            return [(one.pupil_id, one.kind, one.from_, one.who) for one in store.decisions()]

    people(oak, agree(key, agreed="Step down"))
    next_morning(oak)
    assert not decided()
    assert "It needs the name of who agreed it" in page_words(oak, "Today")
    people(oak, agree(key, owner="RK"))
    next_morning(oak)
    assert decided() == [("P03", REVIEW, date(2025, 10, 14), "RK")]
    assert "It needs the name" not in page_words(oak, "Today")
    people(oak, agree(key, agreed=None))
    next_morning(oak)
    assert not decided()


def test_the_command_prints_the_agenda_and_changes_nothing(
    oak: School, run: Callable[..., Any], tmp_path: Path
) -> None:
    before = oak.tracker.read_bytes()
    options = ("--school", oak.folder, "--as-of", oak.today)
    code, said, _errors = run("review", *options, "--meeting", "half-term")
    assert code == 0
    assert "Half-term review: Fri 24 Oct" in said
    assert "Daily check-in" not in said
    assert "ForeP02 SurP02" in said
    file = tmp_path / "agenda.txt"
    assert run("review", *options, "--out", file)[0] == 0
    assert "Families" in file.read_text(encoding="utf-8")
    code, _said, errors = run("review", *options, "--out", file)
    assert (code, "is there already" in errors) == (2, True)
    assert oak.tracker.read_bytes() == before
