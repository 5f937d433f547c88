"""What SLT answers in the Google copy stands on Actions and Today, and what staff say of it there goes back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.live_book import Excel, LiveBook
from tests.staff import ANSWER, TODAY_KEY, Memory, Picture, look, losses
from tests.staff_books import OpenpyxlBook, XmlBook
from tests.two_way_school import School

from halfday_sync import cli, config, tracker_file
from halfday_sync import morning_run as mornings
from halfday_sync.casework import Casework
from halfday_sync.casework.acts import agreed_and_done
from halfday_sync.entries import ACTIONS, Entry, Problem, Typed
from halfday_sync.mirroring.answers import Answers, Cell
from halfday_sync.sheets.model import Value
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy
from halfday_sync.workbook import live, place
from halfday_sync.workbook.flavour import Flavour
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import MAIN

AT = datetime(2025, 10, 15, 7, 30, tzinfo=UTC)
YESTERDAY = date(2025, 10, 14)
KEY = "P03|slt|-"
DONE, NOTE, AGREED, COMMENT, BY, ON = (
    "✎ Done",
    "✎ Note",
    "✎ SLT agreed",
    "✎ SLT comment",
    "✎ SLT decided by",
    "✎ SLT date",
)
HEAD: Mapping[str, Value] = {
    "agreed": "Meet the family",
    "comment": "=soon, please",
    "decided_by": "Mrs Head",
    "decided_on": "14/10/2025",
}


@dataclass
class Both:
    """The school and the copy that SLT reads: what stands in SLT's cells."""

    school: School
    copy: dict[Cell, Value] = field(default_factory=dict)
    now: datetime = AT

    @property
    def pupils(self) -> list[str]:
        return list(self.school.pupils)

    def answer(self, pupil_id: str, **said: Value) -> None:
        """SLT types beside a pupil."""
        self.copy |= {(pupil_id, column): value for column, value in said.items()}

    def run(self, *, sends: bool = True, **more: Any) -> mornings.Morning:
        """A run that looked at the copy before, and writes to it after."""
        settings = config.load(self.school.folder)
        with Store.open(settings.store) as store:
            policy = usable_policy(policy_path(settings.policy, settings.folder))
            school = mornings.School(settings, store, policy, Flavour(), answers=Answers(dict(self.copy)), **more)
            morning = mornings.write_morning(school, self.school.today, now=self.now)
            self.now += timedelta(minutes=15)
            assert morning.merged is not None
            written = {cell: value for cell, value in morning.merged.to_sheet.items() if cell in self.copy}
            if sends:
                store.keep_mirror_sent("stamp", b"", written, at=AT)
                self.copy |= {cell: value for cell, value in morning.merged.writes.items() if cell in self.copy}
                store.acknowledge_mirror("stamp", at=AT)
            assert store.broken() == ()
        return morning

    def is_quiet(self) -> bool:
        """Whether a run has nothing more to bring to either side, and nobody to tell."""
        merged = self.run().merged
        return merged is not None and not (merged.to_store or merged.writes or merged.settled or merged.conflicts)


@pytest.fixture
def both(tmp_path: Path) -> Both:
    """A school on a morning of October with its tracker; every pupil on roll has a row in the copy, still empty."""
    school = School(tmp_path / "oak")
    school.open_its_doors()
    next_morning(school)
    empty: dict[Cell, Value] = {(pupil_id, column): None for pupil_id in school.pupils for column in HEAD}
    return Both(school, empty)


def next_morning(school: School) -> None:
    school.go_on(("why?", "here", "late", "here"))
    school.tell()
    code, said = school.run()
    assert code == 0, said


def store_of(both: Both) -> Store:
    return Store.open(config.load(both.school.folder).store)


def entries(both: Both, key: str = KEY) -> dict[str, Typed]:
    with store_of(both) as store:
        return {column: value for (_place, at, column), value in store.entries(ACTIONS).items() if at == key}


def base(both: Both, pupil_id: str = "P03") -> dict[str, Typed]:
    with store_of(both) as store:
        return {column: value for (one, column), value in store.mirror_base().items() if one == pupil_id}


def picture(both: Both) -> Picture:
    data = both.school.tracker.read_bytes()
    assert lint(data) == []
    return look(data)


def row(both: Both, key: str = KEY) -> dict[str, Any]:
    """What stands in a row of Actions."""
    seen = picture(both)
    grid = seen.tables[ACTIONS]
    at = seen.keys(ACTIONS, "Entry")[key]
    said = {title: seen.at(grid.sheet, at, grid.column(title)).value for title in grid.titles}
    return {
        title: value[1:] if isinstance(value, str) and value[:2] == "'=" else value for title, value in said.items()
    }


def on_today(both: Both, words: str) -> list[tuple[str, ...]]:
    """The rows of Today below a heading, as far as the next heading: what stands in them."""
    cells = {at: one.value for at, one in picture(both).cells["Today"].items()}
    rows: dict[int, dict[int, Any]] = {}
    for (at, column), value in cells.items():
        if value is not None and column < TODAY_KEY:
            rows.setdefault(at, {})[column] = value
    said = [tuple(str(value) for _column, value in sorted(one.items())) for _at, one in sorted(rows.items())]
    first = next((n for n, one in enumerate(said) if words in one[0] and "   " in one[0]), None)
    if first is None:
        return []
    last = next((n for n, one in enumerate(said) if n > first and "   " in one[0]), len(said))
    return said[first + 1 : last]


def typed(both: Both, what: Callable[[XmlBook], None]) -> None:
    """Somebody opens the tracker, types and saves."""
    book = XmlBook(both.school.tracker.read_bytes())
    what(book)
    both.school.tracker.write_bytes(book.saved())


def types(title: str, value: Any, key: str = KEY) -> Callable[[XmlBook], None]:
    """Into a cell of a row of Actions."""

    def what(book: XmlBook) -> None:
        grid = book.tables()[ACTIONS]
        at = next(row for row in grid.rows if book.value(grid.sheet, row, grid.column("Entry")) == key)
        book.type(grid.sheet, at, grid.column(title), value)

    return what


# --- there and back ---------------------------------------------------------------------------------------------------


def test_an_answer_stands_on_actions_and_today_on_the_next_morning(both: Both) -> None:
    both.answer("P03", **HEAD)
    morning = both.run()
    assert morning.merged is not None
    assert len(morning.merged.to_store) == 4
    assert morning.view is not None
    shown = row(both)
    assert {title: shown[title] for title in ("Pupil ID", "Pupil", "Action", "Due", "Who", "Status", DONE)} == {
        "Pupil ID": "P03",
        "Pupil": "ForeP03 SurP03",
        "Action": "Agreed by SLT",
        "Due": None,
        "Who": "Mrs Head",
        "Status": "Open",
        DONE: None,
    }
    assert [shown[title] for title in (AGREED, COMMENT, BY)] == ["Meet the family", "=soon, please", "Mrs Head"]
    assert shown[ON].date() == YESTERDAY
    lines = on_today(both, "Agreed by SLT, not done yet (1)")
    assert lines[0] == ("From the Google Sheet; what is ticked here is ticked on Actions.",)
    assert lines[2][-5:] == ("Ash", "Tue 14 Oct", *lines[2][-3:-2], "Mrs Head", "Meet the family. =soon, please")
    with store_of(both) as store:
        history = store.entry_history(KEY, ACTIONS)
        assert {(one.said_by, one.pupil_id, one.seen_at) for one in history} == {("Google Sheet", "P03", AT)}
        assert store.edits() == ()
    assert base(both) == {**HEAD, "decided_on": YESTERDAY}
    assert both.is_quiet()
    assert [one.kind for one in history] == ["text", "text", "text", "date"]


def test_a_tick_on_today_is_a_tick_on_actions_and_the_answer_is_off_the_page(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()

    def tick(book: XmlBook) -> None:
        at = next(row for row in range(1, 300) if book.value("Today", row, TODAY_KEY) == KEY)
        book.type("Today", at, ANSWER, "Yes")
        book.type("Today", at, ANSWER + 1, "Met on Monday")

    typed(both, tick)
    assert both.is_quiet()
    assert (row(both)["Status"], row(both)[DONE], row(both)[NOTE]) == ("Done", "Yes", "Met on Monday")
    assert on_today(both, "Agreed by SLT") == []
    typed(both, types(DONE, None))
    both.run()
    assert row(both)["Status"] == "Open"
    assert on_today(both, "Agreed by SLT, not done yet (1)")


def test_what_staff_put_right_on_actions_goes_to_the_copy(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    typed(both, types(AGREED, "Call the family"))
    typed(both, types(COMMENT, None))
    typed(both, types(ON, "13/10"))
    merged = both.run().merged
    assert merged is not None
    changed = {"agreed": "Call the family", "comment": None, "decided_on": date(2025, 10, 13)}
    assert merged.to_sheet == {("P03", column): value for column, value in changed.items()}
    assert base(both) == {"agreed": "Call the family", "decided_by": "Mrs Head", "decided_on": date(2025, 10, 13)}
    assert both.is_quiet()


def test_what_could_not_be_sent_is_sent_the_next_time(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    typed(both, types(AGREED, "Call the family"))
    for _ in range(2):
        merged = both.run(sends=False).merged
        assert merged is not None
        assert merged.to_sheet == {("P03", "agreed"): "Call the family"}
        assert base(both)["agreed"] == "Meet the family"
    both.run()
    assert both.copy["P03", "agreed"] == "Call the family"
    assert both.is_quiet()


def test_what_both_changed_stays_on_both_sides_and_today_says_so_until_they_agree(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    both.answer("P03", agreed="Write to the family")
    typed(both, types(AGREED, "Call the family"))
    for _ in range(2):
        both.run()
        assert (both.copy["P03", "agreed"], row(both)[AGREED]) == ("Write to the family", "Call the family")
        told = [line for line in on_today(both, "To put right") if "SLT agreed" in line[-1]]
        assert len(told) == 1
        assert told[0][-1] == (
            "SLT agreed: the Google Sheet says “Write to the family”, Actions says “Call the family”. "
            "Both are kept. Type the right one in both places."
        )
    typed(both, types(AGREED, "Write to the family"))
    both.run()
    assert base(both)["agreed"] == "Write to the family"
    assert not [line for line in on_today(both, "To put right") if "SLT agreed" in line[-1]]
    assert both.is_quiet()


def test_staff_who_go_back_get_what_slt_says_though_they_had_written_into_the_cell_since(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    both.answer("P03", agreed="Write to the family", decided_on="15/10/2025")
    typed(both, types(AGREED, "Call the family"))
    typed(both, types(ON, date(2025, 10, 1)))
    merged = both.run().merged
    assert merged is not None
    assert len(merged.conflicts) == 2
    typed(both, types(AGREED, "Meet the family"))
    typed(both, types(ON, "14/10"))
    both.run()
    assert (row(both)[AGREED], row(both)[ON].date()) == ("Write to the family", date(2025, 10, 15))
    assert both.is_quiet()
    assert both.copy["P03", "agreed"] == "Write to the family"


def test_slt_may_change_their_mind_every_day(both: Both) -> None:
    for day, words in enumerate(("Call the family", "Meet the family", None, "Visit", "Visit"), 6):
        both.answer("P03", agreed=words, decided_on=f"{day}/10/2025")
        merged = both.run().merged
        assert merged is not None
        assert (merged.conflicts, merged.to_sheet) == ((), {})
        assert (row(both)[AGREED], row(both)[ON].date()) == (words, date(2025, 10, day))
    assert both.is_quiet()


def test_a_tick_of_this_morning_does_not_hide_what_slt_changed_last_night(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    typed(both, types(DONE, "Yes"))
    both.answer("P03", agreed="Make a support plan")
    both.run()
    assert (row(both)["Status"], row(both)[DONE]) == ("Open", None)
    assert row(both)[NOTE] == "Done before: Meet the family (Yes)"
    assert on_today(both, "Agreed by SLT, not done yet (1)")
    assert both.is_quiet()


def test_a_tracker_that_nobody_knows_any_more_takes_answers_too(both: Both) -> None:
    """Saved by a program that dropped its stamp: nobody knows what was sent."""
    both.answer("P03", **HEAD)
    both.run()
    book = OpenpyxlBook(both.school.tracker.read_bytes())
    del book.book.defined_names["HalfdayStamp"]
    both.school.tracker.write_bytes(book.saved())
    both.answer("P03", agreed="Write to the family", comment=None)
    both.run()
    assert (row(both)[AGREED], row(both)[COMMENT]) == ("Write to the family", None)
    assert both.is_quiet()


def test_where_a_formula_of_staff_is_in_the_way_slts_words_stay_in_the_copy(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()

    def in_the_way(book: XmlBook) -> None:
        grid = book.tables()[ACTIONS]
        at = next(row for row in grid.rows if book.value(grid.sheet, row, grid.column("Entry")) == KEY)
        book.formula(grid.sheet, at, grid.column(AGREED), '="Meet "&"the family"')
        cell = book._cell(grid.sheet, at, grid.column(AGREED))
        assert cell is not None
        cell.set("t", "str")
        ET.SubElement(cell, f"{MAIN}v").text = "Meet the family"

    typed(both, in_the_way)
    both.answer("P03", agreed="Write to the family")
    for _ in range(2):
        merged = both.run().merged
        assert merged is not None
        assert (dict(merged.to_sheet), merged.conflicts) == ({}, ())
        assert both.copy["P03", "agreed"] == "Write to the family"
        assert base(both)["agreed"] == "Meet the family"
    typed(both, types(AGREED, "Meet the family"))
    both.run()
    assert row(both)[AGREED] == "Write to the family"
    assert both.is_quiet()


def test_an_answer_that_slt_takes_back_is_off_today_and_its_row_stays(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    both.answer("P03", **dict.fromkeys(HEAD))
    both.run()
    assert entries(both) == {}
    assert base(both) == {}
    assert (row(both)["Status"], row(both)[AGREED]) == ("No longer asked", None)
    assert on_today(both, "Agreed by SLT") == []
    assert both.is_quiet()


def test_something_else_agreed_opens_a_row_that_was_done_and_says_how_it_was_done(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    typed(both, types(DONE, "15/10"))
    typed(both, types("✎ Done by", "J Bell"))
    typed(both, types(NOTE, "A good talk"))
    both.answer("P03", comment="Thank you")
    both.run()
    assert row(both)["Status"] == "Done"
    both.answer("P03", agreed="Make a support plan")
    both.run()
    assert (row(both)["Status"], row(both)[DONE], row(both)["✎ Done by"]) == ("Open", None, None)
    assert row(both)[NOTE] == "A good talk\nDone before: Meet the family (15/10/2025, J Bell)"
    assert both.is_quiet()
    assert row(both)[NOTE].count("Done before") == 1


def test_words_that_are_no_day_are_kept_and_told(both: Both) -> None:
    both.answer("P03", agreed="Visit", decided_on="after half term")
    both.run()
    assert row(both)[ON] == "after half term"
    assert [line for line in on_today(both, "To put right") if "SLT date" in line[-1]]
    both.run()
    assert [line for line in on_today(both, "To put right") if "SLT date" in line[-1]]
    assert both.is_quiet()


WORDS = (
    '=HYPERLINK("http://x")', "+44 20 7946 0000", "@SUM(A1)", "#N/A", "'quoted", "<b>&", "☎ \U0001f600", "1,5", "a\tb",
    "two\nlines", "TRUE", "0042", "x" * 32_000, "_x0041_", "-", "12/12/2025",
)  # fmt: skip


def test_any_words_come_and_go_as_texts(both: Both) -> None:
    places = [(pupil_id, column) for pupil_id in both.pupils for column in ("comment", "agreed")]
    said = dict(zip(places, WORDS, strict=True))
    both.copy |= {**said, ("P01", "decided_by"): "\x07Mrs\x00 Head\u200b "}
    both.run()
    assert both.is_quiet()
    for (pupil_id, column), words in said.items():
        shown = row(both, f"{pupil_id}|slt|-")[{"comment": COMMENT, "agreed": AGREED}[column]]
        assert shown.replace("_x005F_", "_") == words  # which openpyxl does not read back
    assert row(both, "P01|slt|-")[BY] == "Mrs Head"

    def add(book: XmlBook) -> None:
        grid = book.tables()[ACTIONS]
        for at in grid.rows:
            for title in (COMMENT, AGREED):
                if words := book.value(grid.sheet, at, grid.column(title)):
                    book.type(grid.sheet, at, grid.column(title), f"{words[:90]}!")

    typed(both, add)
    both.run()
    assert {cell: both.copy[cell] for cell in places} == {cell: f"{words[:90]}!" for cell, words in said.items()}


# --- rows that people move, and pupils who go -------------------------------------------------------------------------


def sort_actions(both: Both, what: Callable[[OpenpyxlBook, Any, int], None] = lambda *_: None) -> Memory:
    """Somebody turns the rows of Actions round, and does something to the row of an answer."""
    book = OpenpyxlBook(both.school.tracker.read_bytes())
    grid = book.tables()[ACTIONS]
    across = range(grid.left, grid.right + 1)
    rows = [book.contents(grid.sheet, at, across) for at in grid.rows]
    for at, contents in zip(grid.rows, reversed(rows), strict=True):
        book.put(grid.sheet, at, across, contents)
    at = next(at for at in grid.rows if book.value(grid.sheet, at, grid.column("Entry")) == KEY)
    what(book, grid, at)
    both.school.tracker.write_bytes(book.saved())
    return Memory()


def test_in_rows_that_people_sorted_each_answer_stays_with_its_pupil(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.answer("P05", agreed="Keep watching")
    both.run()
    before = list(picture(both).keys(ACTIONS, "Entry"))
    assert len(before) > 3
    sort_actions(both, lambda book, grid, at: book.type(grid.sheet, at, grid.column(COMMENT), "sorted"))
    both.answer("P05", comment="after the sorting")
    seen = look(both.school.tracker.read_bytes())
    both.run()
    lost = list(losses(seen, picture(both), Memory()))
    assert len(lost) == 1, lost
    assert "was Look(value=None" in lost[0]
    assert "is Look(value='after the sorting'" in lost[0]
    assert list(picture(both).keys(ACTIONS, "Entry")) == before[::-1]
    assert row(both, "P05|slt|-")[COMMENT] == "after the sorting"
    assert both.copy["P03", "comment"] == "sorted"
    assert both.is_quiet()


def test_a_row_that_people_delete_on_actions_comes_back_and_takes_no_answer_away(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()

    def delete(book: OpenpyxlBook, grid: Any, at: int) -> None:
        across = range(grid.left, grid.right + 1)
        for row in range(at, grid.bottom):
            book.put(grid.sheet, row, across, book.contents(grid.sheet, row + 1, across))
        book.clear(grid.sheet, grid.bottom, across)
        book.put_table(replace(grid, bottom=grid.bottom - 1), range(len(grid.titles)))

    sort_actions(both, delete)
    assert KEY not in look(both.school.tracker.read_bytes()).keys(ACTIONS, "Entry")
    assert both.is_quiet()
    assert row(both)[AGREED] == "Meet the family"
    assert both.copy["P03", "agreed"] == "Meet the family"


def test_a_row_or_a_column_that_is_not_in_the_copy_takes_nothing_away(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    there = dict(both.copy)
    both.copy = {cell: value for cell, value in there.items() if cell[1] != "comment" and cell[0] != "P05"}
    merged = both.run(sends=False).merged
    assert merged is not None
    assert merged.to_sheet == {("P03", "comment"): "=soon, please"}
    both.copy = {cell: value for cell, value in there.items() if cell[0] != "P03"}
    merged = both.run(sends=False).merged
    assert merged is not None
    assert merged.to_sheet == {("P03", column): value for column, value in base(both).items()}
    assert row(both)[COMMENT] == "=soon, please"


def test_the_answer_about_a_pupil_who_leaves_stays_on_actions_and_goes_from_today(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    del both.school.pupils["P03"]
    next_morning(both.school)
    assert both.is_quiet()
    assert row(both)[AGREED] == "Meet the family"
    assert on_today(both, "Agreed by SLT") == []
    both.answer("P03", comment="Gone to Leeds")
    both.run()
    assert row(both)[COMMENT] == "Gone to Leeds"


def test_an_answer_follows_a_pupil_whose_id_changes_on_both_sides(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    both.school.change_id("P03", "Q03")
    next_morning(both.school)
    assert row(both, "Q03|slt|-")[AGREED] == "Meet the family"
    assert base(both, "Q03") == {**HEAD, "decided_on": YESTERDAY}
    both.answer("Q03", **dict.fromkeys(HEAD))  # the row of the new id comes, empty
    both.answer("P03", comment="typed in the old row")
    both.run()
    assert {both.copy["P03", column] for column in HEAD} == {None}
    assert both.copy["Q03", "comment"] == "typed in the old row"
    assert both.copy["Q03", "agreed"] == "Meet the family"
    assert row(both, "Q03|slt|-")[COMMENT] == "typed in the old row"
    assert KEY not in picture(both).keys(ACTIONS, "Entry")
    assert both.is_quiet()


def test_an_answer_about_somebody_nobody_knows_is_told_and_not_stored(both: Both) -> None:
    both.answer("X99", agreed="Visit")
    both.run()
    assert entries(both, "X99|slt|-") == {}
    assert [line for line in on_today(both, "To put right") if "X99" in line[-1]]


# --- runs that do not come to their end -------------------------------------------------------------------------------


class Killed(BaseException):
    """The run was ended from outside."""


@pytest.mark.parametrize("moment", ["bring_up_to_date", "remember", "placed"])
def test_a_run_that_is_killed_takes_the_answer_over_at_the_next(
    both: Both, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Between the store and the workbook, while it is kept, and once it is in place."""
    both.answer("P03", **HEAD)
    both.run()
    both.answer("P03", agreed="Write to the family", comment=None)

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if moment == "placed":
            patch.setattr(Store, "sent_in_place", killed)
        else:
            patch.setattr(tracker_file, moment, killed)
        with pytest.raises(Killed):
            both.run()
    assert (row(both)[AGREED] == "Meet the family") is (moment != "placed")
    assert base(both)["agreed"] == "Meet the family"
    assert both.school.run()[0] == 0  # one that did not look at the copy: Google could not be reached
    both.run()
    assert (row(both)[AGREED], row(both)[COMMENT]) == ("Write to the family", None)
    assert (both.copy["P03", "agreed"], both.copy["P03", "comment"]) == ("Write to the family", None)
    assert both.is_quiet()


def test_what_is_noted_beside_a_run_does_not_last(both: Both) -> None:
    """A row that stands in the workbook is people's: that is why answers are taken over inside a run only."""
    both.answer("P03", **HEAD)
    both.run()
    with store_of(both) as store:
        store.note([Entry(ACTIONS, KEY, "slt_agreed", "P03", "noted beside")], seen_at=AT)
    assert both.school.run()[0] == 0
    assert entries(both)["slt_agreed"] == "Meet the family"


def test_a_person_who_saves_meanwhile_loses_nothing_and_the_answer_comes_all_the_same(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.answer("P03", **HEAD)
    both.run()
    both.answer("P03", agreed="Write to the family")
    put, saves = place.put, iter([lambda: typed(both, types(NOTE, "saved meanwhile"))])

    def saved_meanwhile(*given: Any, **more: Any) -> None:
        next(saves, lambda: None)()
        put(*given, **more)

    monkeypatch.setattr(place, "put", saved_meanwhile)
    both.run()
    assert (row(both)[NOTE], row(both)[AGREED]) == ("saved meanwhile", "Write to the family")
    assert both.is_quiet()


# --- open in this person's own Excel ----------------------------------------------------------------------------------


@pytest.fixture
def excel(both: Both, monkeypatch: pytest.MonkeyPatch) -> Iterator[Excel]:
    """This person's Excel, with the tracker open in which there is an answer already."""
    both.answer("P03", **HEAD)
    both.run()
    found = Excel()
    LiveBook(str(both.school.tracker), both.school.tracker.read_bytes(), found)
    lock = both.school.tracker.with_name(f"~${both.school.tracker.name}")
    lock.write_bytes(bytes([2]) + b"Jo" + b" " * 48)
    monkeypatch.setattr(live, "running", lambda: (found.genuine(),))
    yield found
    lock.unlink(missing_ok=True)


def closed(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    both.school.tracker.with_name(f"~${both.school.tracker.name}").unlink()
    monkeypatch.setattr(live, "running", lambda: ())


def held(excel: Excel, title: str) -> object:
    """What stands in the row of the answer, in the open tracker."""
    book = excel.open_books[0]
    sheet = book.sheet("Actions")
    at = next(row for (row, _column), value in sheet.held.items() if value == KEY)
    return sheet.held.get((at, book.column(ACTIONS, title)))


def test_in_the_open_tracker_the_answer_stands_at_once_and_is_remembered_once_it_is_saved(
    both: Both, excel: Excel, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = SimpleNamespace(sleep=lambda _seconds: None).sleep
    both.answer("P03", agreed="Write to the family")
    assert both.run(wait=wait).is_open
    assert held(excel, AGREED) == "Write to the family"
    assert base(both)["agreed"] == "Meet the family"
    both.run(wait=wait)
    assert base(both)["agreed"] == "Write to the family"
    book = excel.open_books[0]
    sheet = book.sheet("Actions")
    at = next(row for (row, _column), value in sheet.held.items() if value == KEY)
    sheet.held[at, book.column(ACTIONS, AGREED)] = "Call the family"
    both.run(wait=wait)
    assert both.copy["P03", "agreed"] == "Call the family"
    both.school.tracker.write_bytes(book.as_file())
    closed(both, monkeypatch)
    assert both.is_quiet()
    assert row(both)[AGREED] == "Call the family"


@pytest.mark.parametrize("runs", [1, 2])
def test_closed_without_saving_the_answer_is_there_again(
    both: Both, excel: Excel, monkeypatch: pytest.MonkeyPatch, runs: int
) -> None:
    wait = SimpleNamespace(sleep=lambda _seconds: None).sleep
    both.answer("P03", agreed="Write to the family", comment=None)
    for _ in range(runs):
        assert both.run(wait=wait).is_open
    assert held(excel, AGREED) == "Write to the family"
    closed(both, monkeypatch)
    assert row(both)[AGREED] == "Meet the family"
    both.run()
    assert (row(both)[AGREED], row(both)[COMMENT]) == ("Write to the family", None)
    assert (both.copy["P03", "agreed"], both.copy["P03", "comment"]) == ("Write to the family", None)
    assert both.is_quiet()


# --- what else --------------------------------------------------------------------------------------------------------


def test_what_the_copy_must_not_do_stands_first_of_all_to_put_right(both: Both) -> None:
    refusal = Problem("The Google Sheet was not written: anybody with the link may read it.")
    both.run(told=[refusal])
    lines = [line for line in on_today(both, "To put right") if len(line) == 1 or "Pupil" not in line]
    assert refusal.words in lines[0][-1]


def test_a_run_without_a_copy_asks_the_store_nothing_about_one(both: Both) -> None:
    both.answer("P03", **HEAD)
    both.run()
    asked: list[str] = []
    settings = config.load(both.school.folder)
    with Store.open(settings.store) as store:
        store._db.set_trace_callback(asked.append)
        policy = usable_policy(policy_path(settings.policy, settings.folder))
        school = mornings.School(settings, store, policy, Flavour())
        morning = mornings.write_morning(school, both.school.today, now=AT)
    assert morning.merged is None
    assert len(asked) > 50
    assert not [one for one in asked if "mirror" in one]


def test_a_look_back_takes_no_answers(both: Both) -> None:
    both.answer("P03", **HEAD)
    today = both.school.today
    next_morning(both.school)
    settings = config.load(both.school.folder)
    with Store.open(settings.store) as store:
        policy = usable_policy(policy_path(settings.policy, settings.folder))
        school = mornings.School(settings, store, policy, Flavour(), answers=Answers(dict(both.copy)))
        morning = mornings.write_morning(school, today, now=AT)
    assert (morning.aside, morning.merged, morning.view) == (True, None, None)
    assert entries(both) == {}


def test_the_chronology_of_a_pupil_tells_each_decision_once_and_what_was_done(
    both: Both, capsys: pytest.CaptureFixture[str]
) -> None:
    both.answer("P03", **HEAD)
    both.run()
    assert both.school.run()[0] == 0
    both.answer("P03", agreed="Visit", decided_on="15/10/2025", comment=None)
    both.run()
    typed(both, types(DONE, "16/10"))
    typed(both, types(NOTE, "Nobody in"))
    both.run()
    capsys.readouterr()
    assert cli.main(["chronology", "P03", "--school", str(both.school.folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "SLT" in line] == [
        "Tue 14 Oct 2025. SLT: Agreed: Meet the family. =soon, please. (Mrs Head)",
        "Wed 15 Oct 2025. SLT: Agreed: Visit. (Mrs Head)",
        "Thu 16 Oct 2025. Action: Agreed by SLT, done: Visit. Nobody in.",
    ]


def test_what_slt_agreed_and_somebody_did_is_something_that_was_done() -> None:
    ticks: dict[str, dict[str, Typed]] = {
        "P1|slt|-": {"done": "Yes"},
        "P2|slt|-": {"done": YESTERDAY},
        "P3|slt|-": {"done": "No longer needed"},
        "P4|slt|-": {"done": "Part done"},
        "P5|talk|2025-10-14": {"done": "Yes"},
    }
    read = {key: date(2025, 10, 15) for key in ticks}
    acts = list(agreed_and_done(Casework(ticks=ticks, ticked=read)))
    assert [(one.pupil_id, one.day) for one in acts] == [("P1", date(2025, 10, 15)), ("P2", YESTERDAY)]


def test_the_lists_of_steps_leave_answers_out(both: Both, capsys: pytest.CaptureFixture[str]) -> None:
    """An answer is no step of the policy: nothing counts it, clears it, or compares figures before and after it."""
    folder = ["--school", str(both.school.folder), "--as-of", both.school.today.isoformat()]

    def told() -> list[str]:
        capsys.readouterr()
        assert cli.main(["actions", *folder]) == 0
        assert cli.main(["actions", "clear", "--before", "2025-10-14", "--who", "JB", "--dry-run", *folder]) == 0
        assert cli.main(["actions", "impact", *folder]) == 0
        return capsys.readouterr().out.splitlines()

    before = told()
    both.answer("P03", **HEAD)
    both.run()
    typed(both, types(DONE, "Yes"))
    both.run()
    assert told() == before
