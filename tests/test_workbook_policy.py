"""The Policy page: tables that give the policy back to the letter, a check of them, and what it says of a try."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251  (reading only)
from tests.little_school import OFFICE, little_school

from halfday.functions import ATT_POLICY, ATT_POLICY_CHECK
from halfday.policy.model import Earlier
from halfday_sync.templates import policy_path, school_names, usable_policy
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.view import View

FIRST = {"tblBands": "Band", "tblStages": "Stage number", "tblTriggers": "Trigger", "tblActions": "Action"}


@pytest.fixture(scope="module")
def view() -> View:
    return little_school()


def _books(view: View) -> tuple[Any, Any]:
    """A tracker as it is read: values, and formulas."""
    data = tracker_bytes(view, OFFICE)
    return load_workbook(BytesIO(data), data_only=True), load_workbook(BytesIO(data))


def _named(book: Any, name: str) -> Any:
    return book["Policy"][book.defined_names[name].attr_text.rpartition("!")[2].replace("$", "")]


def _arguments(values: Any, formula: str) -> list[Any]:
    """What a formula over the page's tables hands to its function."""
    page, found = values["Policy"], []
    inner = re.search(r"_xldudf_ATT_POLICY(?:_CHECK)?\((.*)\),", formula)
    assert inner, formula
    for said in re.findall(r"tbl\w+\[\[.*?\]:\[.*?\]\]|\$C\$\d+:\$C\$\d+|EarlierStages", inner[1]):
        table = re.fullmatch(r"(tbl\w+)\[\[(.*)\]:\[(.*)\]\]", said)
        if table:
            rows = [[cell.value for cell in row] for row in page[page.tables[table[1]].ref]]
            first, last = rows[0].index(table[2]), rows[0].index(table[3])
            assert table[2] == FIRST[table[1]]
            found.append([row[first : last + 1] for row in rows[1:]])
        elif said == "EarlierStages":
            found.append(_named(values, said).value)
        else:
            found.append([[row[0].value] for row in page[said.replace("$", "")]])
    assert len(found) == (5 if "CHECK" in formula else 6)
    return found


@pytest.mark.parametrize("name", ["little", *school_names()])
def test_an_untouched_page_gives_the_very_text_that_was_sent(view: View, name: str) -> None:
    policy = view.policy if name == "little" else usable_policy(policy_path(name))
    values, formulas = _books(replace(view, policy=policy, policy_text=""))
    asked = _named(formulas, "PolicyText").value
    said = ATT_POLICY(*_arguments(values, asked))
    assert said == _named(values, "PolicyText").value == _named(values, "PolicySent").value
    assert said == replace(view, policy=policy, policy_text="").policy_text
    assert asked.endswith(f",Policy!{_named(formulas, 'PolicySent').coordinate.replace('A', '$A$')})")


@pytest.mark.parametrize("name", ["little", *school_names()])
def test_the_check_stands_above_the_tables_with_the_words_of_the_engine(view: View, name: str) -> None:
    policy = view.policy if name == "little" else usable_policy(policy_path(name))
    values, formulas = _books(replace(view, policy=policy, policy_text=""))
    row = next(cell.row for cell in values["Policy"]["A"] if cell.value == "Check of the tables:")
    asked = formulas["Policy"].cell(row, 2).value
    said = ATT_POLICY_CHECK(*_arguments(values, asked))
    assert said
    assert not said.startswith("#")
    assert values["Policy"].cell(row, 2).value == said
    sent = re.search(r'Policy!\$A\$(\d+)&""\)$', asked)
    assert sent
    assert values["Policy"][f"A{sent[1]}"].value == said


def test_stages_of_before_an_adoption_stay_in_the_text(view: View) -> None:
    earlier = Earlier(until=date(2025, 9, 30), stage=view.policy.stages[:1])
    policy = replace(view.policy, earlier=(earlier,))
    values, formulas = _books(replace(view, policy=policy, policy_text=""))
    said = ATT_POLICY(*_arguments(values, _named(formulas, "PolicyText").value))
    assert "2025-09-30" in said
    assert said == _named(values, "PolicySent").value


def test_a_wrong_figure_is_answered_with_what_to_put_right(view: View) -> None:
    values, formulas = _books(view)
    tables = _arguments(values, _named(formulas, "PolicyText").value)
    tables[0][0][2] = "many"
    assert ATT_POLICY(*tables).startswith("#Policy")
    assert ATT_POLICY_CHECK(*tables[:5]).startswith("#Policy")


def test_a_try_is_told_in_words_wherever_somebody_looks(view: View) -> None:
    values, formulas = _books(view)
    said = _named(formulas, "Trying").value
    assert said.startswith('=IFERROR(IF(PolicyText=PolicySent,"",')
    assert "tblTracker[Stage]<>tblTracker[Stage as sent]" in said
    assert not _named(values, "Trying").value
    for page in ("Today", "Statutory", "About"):
        assert formulas[page]["A3"].value.endswith(",Trying))")
        assert not values[page]["A3"].value
