"""Where others work in the workbook too: rows that move while a contact is written, a pupil who stands there twice."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import pane
from tests.pane import Pane, Workbook

pytestmark = pytest.mark.browser

KAI, MINH = "P0038", "P0037"
LINE = "Fri 5 Dec: No answer. Rang twice (AB)"
SWAP = """([one, other]) => {
  const sheet = WORKBOOK.sheets.Tracker;
  window.swap = () => {
    for (const kind of ["values", "texts"]) {
      [sheet[kind][one], sheet[kind][other]] = [sheet[kind][other], sheet[kind][one]];
    }
    const formulas = {};
    for (const [place, formula] of Object.entries(sheet.formulas)) {
      const [row, column] = place.split(",").map(Number);
      formulas[`${row === one ? other : row === other ? one : row},${column}`] = formula;
    }
    sheet.formulas = formulas;
  };
}"""


def _open(panes: Pane, workbook: Workbook) -> Page:
    page = panes.open(workbook)
    _select(page, workbook, KAI)
    page.get_by_role("navigation").get_by_role("button", name="Pupil").click()
    page.evaluate(SWAP, [pane.row_of(workbook, KAI), pane.row_of(workbook, MINH)])
    return page


def _select(page: Page, workbook: Workbook, pupil: str) -> None:
    page.evaluate("row => workbook.select('Tracker', row)", pane.row_of(workbook, pupil))
    name = f"{pane.value(workbook, pupil, 'Forename')} {pane.value(workbook, pupil, 'Surname')}"
    expect(page.locator("#pupil-title")).to_have_text(name)


def _record(page: Page) -> None:
    page.get_by_label("Outcome").select_option("No answer")
    page.get_by_label("Note (optional)").fill("Rang twice")
    page.get_by_label("Your initials").fill("AB")
    page.get_by_role("button", name="Record the contact").click()


def _notes(page: Page, workbook: Workbook) -> dict[str, Any]:
    """The notes of every pupil as they stand in the page's workbook."""
    _sheet, at = pane.column(workbook, "✎ Notes")
    rows = page.evaluate("WORKBOOK.sheets.Tracker.values")
    return {row[0]: row[at] for row in rows[1:]}


@pytest.mark.parametrize("theirs", ["", "Mum prefers texts", "=1+1 as text", LINE, 46000])
def test_a_line_that_lands_in_another_row_is_taken_out_again(panes: Pane, workbook: Workbook, theirs: object) -> None:
    pane.put(workbook, KAI, "✎ Notes", "")
    pane.put(workbook, MINH, "✎ Notes", theirs)
    page = _open(panes, workbook)
    before = _notes(page, workbook)
    page.evaluate(
        "workbook.state.between = (writes) => { if (writes) { workbook.state.between = null; window.swap(); } }"
    )
    _record(page)
    expect(page.get_by_role("alert")).to_have_text(
        "The rows of the Tracker moved at that moment, so nothing was recorded. Press the button once more."
    )
    assert _notes(page, workbook) == before
    expect(page.get_by_label("Note (optional)")).to_have_value("Rang twice")
    page.get_by_role("button", name="Record the contact").click()
    expect(page.locator("#said")).to_contain_text("Recorded in the notes of Kai Tranh.")
    assert _notes(page, workbook) == before | {KAI: LINE}


def test_notes_that_are_a_formula_are_put_back_as_a_formula(panes: Pane, workbook: Workbook) -> None:
    sheet, at = pane.column(workbook, "✎ Notes")
    pane.put(workbook, MINH, "✎ Notes", "from another sheet")
    sheet["formulas"][f"{pane.row_of(workbook, MINH)},{at}"] = "=Other!A1"
    page = _open(panes, workbook)
    page.evaluate(
        "workbook.state.between = (writes) => { if (writes) { workbook.state.between = null; window.swap(); } }"
    )
    _record(page)
    expect(page.get_by_role("alert")).to_contain_text("nothing was recorded")
    moved = f"{pane.row_of(workbook, KAI)},{at}"
    assert page.evaluate("place => WORKBOOK.sheets.Tracker.formulas[place]", moved) == "=Other!A1"


def test_rows_that_never_stand_still_are_said_with_the_line_to_look_for(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook)
    page.evaluate("workbook.state.between = (writes) => { if (writes) window.swap(); }")
    _record(page)
    expect(page.get_by_role("alert")).to_contain_text("The rows of the Tracker keep moving")
    expect(page.get_by_role("alert")).to_contain_text(LINE)


def test_rows_that_move_before_or_after_do_no_harm(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook)
    before = _notes(page, workbook)
    page.evaluate("window.swap()")
    _record(page)
    expect(page.locator("#said")).to_contain_text("Recorded in the notes of Kai Tranh.")
    page.evaluate("window.swap()")
    assert _notes(page, workbook) == before | {KAI: "\n".join(filter(None, [before[KAI], LINE]))}


def test_a_pupil_with_two_rows_gets_no_line_in_either(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook)
    page.evaluate("row => { WORKBOOK.sheets.Tracker.values[row][0] = 'P0038'; }", pane.row_of(workbook, MINH))
    _record(page)
    expect(page.get_by_role("alert")).to_contain_text("The Tracker has 2 rows with the ID P0038")
    assert page.evaluate("workbook.state.writes") == []


def test_what_is_half_typed_waits_until_the_pupil_is_selected_again(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook)
    page.get_by_label("Outcome").select_option("No answer")
    page.get_by_label("Note (optional)").fill("half ty")
    _select(page, workbook, MINH)
    expect(page.get_by_label("Note (optional)")).to_have_value("")
    expect(page.get_by_label("Note (optional)")).not_to_be_focused()
    page.get_by_label("Note (optional)").fill("of the other")
    _select(page, workbook, KAI)
    expect(page.get_by_label("Outcome")).to_have_value("No answer")
    expect(page.get_by_label("Note (optional)")).to_have_value("half ty")
    _record(page)
    expect(page.locator("#said")).to_contain_text("Recorded in the notes of Kai Tranh.")
    _select(page, workbook, MINH)
    expect(page.get_by_label("Note (optional)")).to_have_value("of the other")


def test_a_page_that_could_not_be_drawn_is_drawn_at_the_next_reading(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    page.evaluate(
        "() => { window.line = document.getElementById('fresh'); line.id = 'gone'; workbook.recalculated(); }"
    )
    expect(page.locator("#trouble")).to_contain_text("could not be read just now")
    page.evaluate(
        "() => { line.id = 'fresh'; WORKBOOK.sheets.About.values[0][0] = 'About this workbook: Elsewhere School';"
        " workbook.recalculated(); }"
    )
    expect(page.locator("#school")).to_have_text("Elsewhere School")
    expect(page.locator("#trouble")).to_be_hidden()
