"""The cell functions through xlwings' own code for Windows: the answers are those of plain Python."""

import datetime as dt
from collections.abc import Iterator

import pytest
from tests.vectors import Vector, serials, vectors
from tests.windows import MISSING, NA, REF, Windows, as_excel

from halfday.reference import entries

MARKS, CALENDAR, DAY = "/ \\ I I", "2025-09-01 to 2025-09-05 school", 45905.0


@pytest.fixture(scope="module")
def windows() -> Iterator[Windows]:
    process = Windows()
    yield process
    process.stop()


def one(windows: Windows, name: str, *args: object) -> object:
    return windows.ask("call", [(name, args)])[0]


def as_date(answer: object) -> object:
    return answer.date() if isinstance(answer, dt.datetime) else answer


def told_apart(found: object) -> tuple[type, object]:
    return type(found), found  # 1, 1.0 and True are equal in Python


def test_the_windows_decorators_are_at_work_and_nothing_licensed_is(windows: Windows) -> None:
    assert windows.ask("facts") == {"decorators": "xlwings.udfs", "pro": False, "licensed": []}


def test_every_call_answers_as_plain_python_does(windows: Windows) -> None:
    every = vectors()
    assert len(every) > 3000
    answers = windows.ask("call", [(v.name, tuple(map(as_excel, v.args))) for v in every])
    wrong = [(v, a) for v, a in zip(every, answers, strict=True) if told_apart(as_date(a)) != told_apart(v.expected)]
    assert not wrong


def test_dates_may_come_as_serial_numbers(windows: Windows) -> None:
    dated = [v for v in vectors() if serials(v.args) != v.args][::7]
    answers = windows.ask("call", [(v.name, tuple(map(as_excel, serials(v.args)))) for v in dated])  # type: ignore[call-overload]
    assert [as_date(answer) for answer in answers] == [v.expected for v in dated]


def test_arguments_left_out_take_their_defaults(windows: Windows) -> None:
    full = one(windows, "ATT_COUNT", MARKS, CALENDAR, DAY, "I", None, None)
    assert full == 2
    assert one(windows, "ATT_COUNT", MARKS, CALENDAR, DAY, "I", MISSING, MISSING) == full
    assert one(windows, "ATT_COUNT", MARKS, CALENDAR, DAY, "I") == full
    assert one(windows, "ATT_SESSIONS_UNTIL", 19.0, 20.0, MISSING) == one(windows, "ATT_SESSIONS_UNTIL", 19.0, 20.0)


def test_one_cell_a_row_and_a_column_of_marks_are_the_same(windows: Windows) -> None:
    asked = [
        ("ATT_PERCENT", (marks, CALENDAR, DAY)) for marks in (MARKS, ((MARKS,),), ((MARKS, None),), ((MARKS,), (None,)))
    ]
    assert windows.ask("call", asked) == [0.5] * 4


def test_an_empty_cell_gives_an_empty_answer(windows: Windows) -> None:
    assert one(windows, "ATT_PERCENT", None, CALENDAR, DAY) == ""
    assert one(windows, "ATT_PERCENT", ((None, None),), CALENDAR, DAY) == ""
    assert one(windows, "ATT_BAND", None, None, None) == ""


@pytest.mark.parametrize(("code", "shown"), [(NA, "#N/A"), (REF, "#REF!")])
def test_an_error_in_a_cell_that_is_read_is_named(windows: Windows, code: int, shown: str) -> None:
    assert one(windows, "ATT_PERCENT", MARKS, code, DAY) == f"#One of the cells it is given shows {shown}"
    assert one(windows, "ATT_POLICY", (("Good", "at least", code),)) == f"#One of the cells it is given shows {shown}"


def test_the_wizard_is_told_the_words_of_the_reference(windows: Windows) -> None:
    told = windows.ask("told")
    assert set(told) == {entry.name for entry in entries()}
    for entry in entries():
        assert [(name, doc) for name, doc, _options in told[entry.name]] == [(p.name, p.help) for p in entry.parameters]


# --- a column at once ------------------------------------------------------------------------------------------------


def columns_of(calls: list[Vector]) -> list[list[Vector]]:
    """Calls that one batch can carry: of one function, with as many arguments, all of the same shape."""
    found: dict[object, list[Vector]] = {}
    for v in calls:
        shape = tuple(
            len(arg[0]) if isinstance(arg, list) and len(arg) == 1 else -isinstance(arg, list) for arg in v.args
        )
        if -1 not in shape and not any(isinstance(arg, list) and len(arg) > 1 for arg in v.args):
            found.setdefault((v.name, shape), []).append(v)
    return list(found.values())


def rows_of(value: object) -> object:
    """An argument as the row of a column: its cells."""
    return value[0] if isinstance(value, tuple) else (value,)


def test_a_column_at_once_answers_as_its_cells_do_one_by_one(windows: Windows) -> None:
    asked = 0
    for batch in columns_of([v._replace(args=serials(v.args)) for v in vectors()]):  # type: ignore[arg-type]
        cells = [tuple(map(as_excel, v.args)) for v in batch]
        columns = tuple(tuple(rows_of(args[at]) for args in cells) for at in range(len(cells[0])))
        answers = windows.ask("rows", batch[0].name, cells[0], columns)
        assert [told_apart(a) for a in answers] == [told_apart(serials(v.expected)) for v in batch]
        asked += len(batch)
    assert asked > 3000


def test_a_row_with_an_error_is_left_to_its_own_cell(windows: Windows) -> None:
    columns = (((19.0,), (NA,), (18.0,)), ((20.0,), (20.0,), (None,)))
    assert windows.ask("rows", "ATT_PA", (19.0, 20.0), columns) == ("No", None, "")
    assert windows.ask("rows", "ATT_PERCENT", (MARKS, NA, DAY), (((MARKS,),), None, None)) == (None,)


def test_what_is_the_same_in_every_row_is_sent_once(windows: Windows) -> None:
    columns = (((MARKS, None), ("/ \\", None)), None, None)
    assert windows.ask("rows", "ATT_PERCENT", (((MARKS, None),), CALENDAR, DAY), columns) == (0.5, 1.0)


# --- the server ------------------------------------------------------------------------------------------------------


def test_the_agent_serves_the_class_that_workbooks_look_for(windows: Windows) -> None:
    done = windows.ask("serve")
    assert (done["served"], done["warm"]) == (True, True)
    assert done["registered"][-1] == "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"


def test_a_second_server_gives_way(windows: Windows) -> None:
    before = len(windows.ask("serve")["registered"])
    assert windows.ask("refused")["served"] is False
    assert len(windows.ask("refused")["registered"]) == before
