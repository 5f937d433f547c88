"""The macros of the workbook run: what they remember, what they ask, what a cell shows. In LibreOffice's VBA.

The texts are those that go into the workbook. Excel, xlwings' connection and Scripting.Dictionary have stand-ins
(`tests/data/vba`); what only Excel has (`HalfdayExcel.bas`, `HalfdayButtons.bas`) is read here and run nowhere.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from tests import libreoffice

from halfday.reference import entries
from halfday_sync.addins.vba import sources, wrappers

pytestmark = pytest.mark.libreoffice

HERE = Path(__file__).parent
NOT_THERE = "Error 2042"  # #N/A
TABLE = [["a", 1.0], ["b", 2.0], ["c", 3.0], ["left open", 4.0], ["d", 5.0], ["e", 6.0]]


class Macros:
    """A workbook with the macros in it."""

    def __init__(self, book: libreoffice.Book) -> None:
        self._book = book

    def call(self, function: str, *arguments: object) -> Any:
        return self._book.ask("call", function, *arguments)

    def choose(self, what: str, value: object) -> None:
        assert self.call("StandIn.Choose", what, value) == what

    def cell(self, name: str, *given: object) -> Any:
        """A cell that is worked out."""
        return self.call("StandIn.Cell", name, given)

    def row(self, row: int, name: str, *given: object) -> Any:
        """A cell in a row of the table; `@2` is the cell in its second column."""
        self.choose("row", row)
        return self.cell(name, *given)

    def column(self, name: str, *given: object) -> list[Any]:
        """A whole column of the table that is worked out, row by row."""
        return [self.row(at, name, *given) for at in range(1, len(TABLE) + 1)]

    def asked(self) -> list[str]:
        """What Python was asked, in order, and before that how often a connection was tried."""
        found: str = self.call("StandIn.Asked")
        return found.split("\n")[:-1]


def text_of(path: Path) -> str:
    """A module as LibreOffice takes it: without the lines that belong to the file format."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("Attribute ", "Option Private")))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[libreoffice.Office]:
    with mock.patch.object(libreoffice, "_PROGRAM", HERE / "vba_uno.py"):
        running = libreoffice.Office(tmp_path_factory.mktemp("office"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def workbook(office: libreoffice.Office) -> Iterator[libreoffice.Book]:
    # A Basic class cannot have a method called Call, which xlwings' object has.
    connection = text_of(sources.vba_dir() / "HalfdayConnection.bas").replace("python.Call(", "python.AnswerRows(")
    made = wrappers.functions_module().replace("Attribute ", "Rem Attribute ")
    with office.new() as book:
        book.ask(
            "put",
            [
                *(
                    [name, "class", text_of(HERE / f"data/vba/{name}.bas")]
                    for name in ("DictionaryStandIn", "PythonStandIn")
                ),
                ["HalfdayMemo", "module", text_of(sources.vba_dir() / "HalfdayMemo.bas")],
                ["HalfdayConnection", "module", connection],
                ["StandIn", "module", text_of(HERE / "data/vba/StandIn.bas")],
                ["HalfdayFunctions", "module", made],
            ],
        )
        yield book


@pytest.fixture
def macros(workbook: libreoffice.Book) -> Macros:
    found = Macros(workbook)
    assert found.call("StandIn.Begin") == "begun"
    found.choose("table", TABLE)
    return found


# --- what is remembered ----------------------------------------------------------------------------------------------


def test_the_same_question_is_asked_once(macros: Macros) -> None:
    assert [macros.cell("ATT_PA", 1.0, 2.0) for _ in range(3)] == ["ATT_PA|1|2"] * 3
    assert macros.asked() == ["connected 1", "one ATT_PA"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["/ \\ i"], ["/ \\ I"]),
        ([1.0], ["1"]),
        ([1.0], [True]),
        ([0.0], [None]),
        ([""], [None]),
        ([0.3], [0.1 + 0.2]),
        ([1e15], [1e15 + 1]),
        (["a", "b"], ["ab"]),
        (["a", "1:b"], ["a1:b"]),
        (["x" * 50], ["x" * 49 + "y"]),
        (["x" * 3000], ["x" * 2999 + "X"]),
        ([[["a", "b"]]], [[["a"], ["b"]]]),
        ([[["a", "b"]]], ["a", "b"]),
    ],
)
def test_two_questions_are_never_taken_for_one(macros: Macros, first: list[Any], second: list[Any]) -> None:
    for given in (first, second, first, second):
        macros.cell("ATT_BAND", *given)
    assert macros.asked().count("one ATT_BAND") == 2


def test_long_texts_are_known_again_however_many_there_are(macros: Macros) -> None:
    texts = [letter * 900 for letter in "abcd"]
    for text in texts * 2:
        assert macros.cell("ATT_BAND", text) == f"ATT_BAND|{text}"
    assert macros.asked().count("one ATT_BAND") == 4


def test_a_function_does_not_answer_for_another(macros: Macros) -> None:
    assert (macros.cell("ATT_PA", 1.0, 2.0), macros.cell("ATT_BAND", 1.0, 2.0)) == ("ATT_PA|1|2", "ATT_BAND|1|2")


# --- a column at once ------------------------------------------------------------------------------------------------


def test_the_second_row_fetches_the_whole_column(macros: Macros) -> None:
    shown = macros.column("ATT_STAGE", "@1", "policy")
    assert shown == [f"ATT_STAGE|{name}|policy" for name, _ in TABLE]
    assert macros.asked()[1:] == ["one ATT_STAGE", "rows ATT_STAGE", "one ATT_STAGE"]  # the last: one row was left open


def test_one_changed_row_asks_for_itself_only(macros: Macros) -> None:
    macros.row(2, "ATT_STAGE", "@1", "policy")
    assert macros.asked()[1:] == ["one ATT_STAGE"]


def test_a_changed_policy_is_asked_for_all_rows_again(macros: Macros) -> None:
    macros.column("ATT_STAGE", "@1", "policy")
    macros.choose("clear", value=True)
    assert macros.column("ATT_STAGE", "@1", "tried")[-1] == "ATT_STAGE|e|tried"
    assert len(macros.asked()) - 1 <= 4


def test_columns_and_constants_may_stand_in_any_place(macros: Macros) -> None:
    assert macros.column("ATT_BAND", "@2", "x", "@1") == [f"ATT_BAND|{number:g}|x|{name}" for name, number in TABLE]


def test_rows_that_differ_in_more_than_their_columns_do_not_fetch_each_time(macros: Macros) -> None:
    for at in range(1, len(TABLE) + 1):
        for other in range(5):
            assert macros.row(at, "ATT_IF_ABSENT", "@2", float(100 * at + other)).endswith(f"|{100 * at + other}")
    assert macros.asked().count("rows ATT_IF_ABSENT") <= 5
    assert macros.asked().count("one ATT_IF_ABSENT") >= 25


def test_where_fetching_fails_each_cell_asks_for_itself(macros: Macros) -> None:
    macros.choose("no rows", value=True)
    assert macros.column("ATT_STAGE", "@1", "policy") == [f"ATT_STAGE|{name}|policy" for name, _ in TABLE]


def test_a_cell_that_stands_in_no_table_fetches_nothing(macros: Macros) -> None:
    for number in range(5):
        macros.cell("ATT_IF_ABSENT", float(number))
    assert "rows ATT_IF_ABSENT" not in macros.asked()


def test_rows_of_another_table_are_put_in_the_order_of_this_one(macros: Macros) -> None:
    rows, keys, wanted = [["A"], ["B"], ["C"]], [["1"], ["2"], ["3"]], [["3"], ["9"], ["1"]]
    assert macros.call("StandIn.Aligned", rows, keys, wanted) == "C;;A;"


# --- without Python --------------------------------------------------------------------------------------------------


def test_without_python_cells_show_an_error_at_once_and_try_once(macros: Macros) -> None:
    macros.choose("connects", value=False)
    assert macros.column("ATT_STAGE", "@1", "policy") == [NOT_THERE] * len(TABLE)
    assert macros.asked() == ["connected 1"]


def test_python_that_comes_later_is_found(macros: Macros) -> None:
    macros.choose("connects", value=False)
    assert macros.cell("ATT_PA", 1.0) == NOT_THERE
    macros.choose("connects", value=True)
    macros.choose("again", value=True)
    assert macros.cell("ATT_PA", 1.0) == "ATT_PA|1"


def test_a_broken_connection_is_made_again_once(macros: Macros) -> None:
    assert macros.cell("ATT_PA", 1.0) == "ATT_PA|1"
    macros.choose("refuses", value=True)
    assert macros.cell("ATT_PA", 2.0) == NOT_THERE
    assert macros.asked()[0] == "connected 2"
    macros.choose("refuses", value=False)
    assert macros.cell("ATT_PA", 2.0) == "ATT_PA|2"


# --- the wrappers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_every_wrapper_hands_its_arguments_on(macros: Macros, entry: Any) -> None:
    needed = [one.name for one in entry.parameters if not one.optional]
    every = [one.name for one in entry.parameters]
    for names in (needed, every):
        assert macros.call(f"HalfdayFunctions.{entry.name}", *names) == "|".join([entry.name, *names])
