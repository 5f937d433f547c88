"""The pane's tools: what-if, a contact in the notes, examples, repair, the check of a policy. Each only when asked."""

import copy
import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import browser, pane
from tests.pane import OFFICEJS, Pane, Workbook

from halfday import host, printing, reference
from halfday_sync.casework.noted import read_noted
from halfday_sync.workbook import layout

pytestmark = pytest.mark.browser

KAI = "P0038"


def _open(panes: Pane, workbook: Workbook, tab: str, **said: Any) -> Page:
    page = panes.open(workbook, **said)
    page.evaluate("row => workbook.select('Tracker', row)", pane.row_of(workbook, KAI))
    expect(page.locator("#pupil-title")).to_have_text("Kai Tranh")
    page.get_by_role("navigation").get_by_role("button", name=tab).click()
    return page


def _fact(page: Page, name: str) -> str:
    return page.locator("#details .facts > div", has_text=name).locator("dd").inner_text()


# --- what if ---------------------------------------------------------------------------------------------------------


def test_what_if_gives_the_engines_figures(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "What if")
    page.get_by_label("Absent how many more days?").fill("2.5")
    page.get_by_label("Back to which figure?").select_option(label="92%: 92-96%")
    attended, possible = _counts(workbook)
    policy = pane.named(workbook, "PolicyText")
    shown = host.answer("ATT_PRINTED", [attended, possible + 5, policy])
    expect(page.locator("#result")).to_have_text(f"{shown} if absent 2.5 more days")
    band = host.answer("ATT_BAND", [attended, possible + 5, policy])
    assert _fact(page, "Band then").removesuffix(" (no change)") == band
    needed = host.answer("ATT_BACK_TO", [attended, possible + 5, 92])
    assert _fact(page, "Back to 92%") == f"After {needed} sessions at school without a gap"
    calendar, as_of = pane.named(workbook, "CalendarText"), pane.named(workbook, "AsOf")
    back_on = host.answer("ATT_BACK_ON", [attended, possible, 92, calendar, as_of, 2.5])
    assert isinstance(back_on, int)
    assert _fact(page, "Reached on").replace("\xa0", " ").startswith(_day(back_on))
    until = host.answer("ATT_SESSIONS_UNTIL", [attended, possible + 5, "PA"])
    now = host.answer("ATT_PA", [attended, possible])
    said = _fact(page, "Persistent absence")
    assert said == _persistent(now, until, "2.5 more days")


def _persistent(now: object, until: object, days: str) -> str:
    """Nobody is called persistently absent who is not."""
    if now == "Yes":
        return "Yes, already now"
    return f"Not now. Yes after {days} away" if until == 0 else f"Not now. After {until} more sessions missed besides"


def _counts(workbook: Workbook) -> tuple[int, int]:
    return pane.value(workbook, KAI, "Attended"), pane.value(workbook, KAI, "Possible")


def _day(serial: int) -> str:
    from datetime import date, timedelta

    return printing.day(date(1899, 12, 30) + timedelta(days=serial))


def test_the_slider_and_the_number_follow_each_other(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "What if")
    number, slider = page.get_by_role("spinbutton", name="Absent"), page.get_by_role("slider", name="More days away")
    number.fill("12")
    expect(slider).to_have_value("12")
    slider.press("ArrowRight")
    expect(number).to_have_value("13")
    expect(page.locator("#result")).to_contain_text("if absent 13 more days")


def test_a_target_may_be_typed_and_may_be_the_national_measure(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "What if")
    chosen = page.get_by_label("Back to which figure?")
    chosen.select_option(label="Another figure")
    typed = page.get_by_label("Target in %")
    expect(typed).to_be_focused()
    expect(page.locator("#details")).to_contain_text("Type a figure between 1 and 100.")
    typed.fill("80")
    expect(page.locator("#details")).to_contain_text("Back to 80%")
    chosen.select_option(label="Not persistently absent")
    expect(page.locator("#details")).to_contain_text("Out of it again")
    expect(typed).to_be_hidden()


def test_a_target_out_of_reach_is_said_to_be_out_of_reach(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "What if")
    page.get_by_label("Absent how many more days?").fill("60")
    expect(page.locator("#details")).to_contain_text("Not this school year")


@pytest.mark.parametrize("typed", ["", "-1", "1.3"])
def test_days_that_cannot_be_are_asked_for_again(panes: Pane, workbook: Workbook, typed: str) -> None:
    page = _open(panes, workbook, "What if")
    page.get_by_label("Absent how many more days?").fill(typed)
    expect(page.locator("#details")).to_have_text("Type whole or half days, such as 5 or 2.5.")


def test_what_if_waits_for_a_pupil_and_for_the_functions(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook, engine="slow")
    page.get_by_role("button", name="What if").click()
    expect(page.locator("#whatif")).to_contain_text("Select a pupil's row")
    expect(page.get_by_role("slider")).to_be_hidden()
    page.evaluate("row => workbook.select('Tracker', row)", pane.row_of(workbook, KAI))
    expect(page.locator("#whatif")).to_contain_text("The functions are starting.")
    page.evaluate("engineReady()")
    expect(page.locator("#result")).to_contain_text("% if absent 5 more days")


# --- a contact -------------------------------------------------------------------------------------------------------


def _record(page: Page, note: str, initials: str = "AB") -> None:
    page.get_by_label("Outcome").select_option("No answer")
    page.get_by_label("Note (optional)").fill(note)
    page.get_by_label("Your initials").fill(initials)
    page.get_by_role("button", name="Record the contact").click()


def _writes(page: Page) -> list[dict[str, Any]]:
    return list(page.evaluate("workbook.state.writes"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "Fri 5 Dec: No answer. Rang twice (AB)"),
        ("Mum prefers texts", "Mum prefers texts\nFri 5 Dec: No answer. Rang twice (AB)"),
        ("=1+1 as text", "=1+1 as text\nFri 5 Dec: No answer. Rang twice (AB)"),
        ("'quoted'", "'quoted'\nFri 5 Dec: No answer. Rang twice (AB)"),
    ],
)
def test_a_contact_is_one_line_at_the_end_of_the_notes(
    panes: Pane, workbook: Workbook, before: str, after: str
) -> None:
    pane.put(workbook, KAI, "✎ Notes", before)
    page = _open(panes, workbook, "Pupil")
    _record(page, "Rang twice.")
    expect(page.locator("#said")).to_have_text("Recorded in the notes of Kai Tranh.")
    (write,) = _writes(page)
    _sheet, at = pane.column(workbook, "✎ Notes")
    assert (write["sheet"], write["row"], write["column"]) == ("Tracker", pane.row_of(workbook, KAI), at)
    shown = page.evaluate("([row, at]) => WORKBOOK.sheets.Tracker.values[row][at]", [write["row"], at])
    assert shown == after
    assert (
        page.evaluate("([row, at]) => WORKBOOK.sheets.Tracker.formulas[`${row},${at}`] ?? ''", [write["row"], at]) == ""
    )
    expect(page.get_by_label("Outcome")).to_have_value("")


@pytest.mark.parametrize("typed", ["=cmd|'/c calc'!A1", "+1", "@SUM(A1)", "two\nlines", "<img src=x onerror=alert(1)>"])
def test_what_is_typed_as_a_note_can_never_be_a_formula(panes: Pane, workbook: Workbook, typed: str) -> None:
    pane.put(workbook, KAI, "✎ Notes", "")
    page = _open(panes, workbook, "Pupil")
    _record(page, typed, initials="=AB")
    expect(page.locator("#said")).to_contain_text("Recorded")
    (write,) = _writes(page)
    assert write["entered"].startswith("Fri 5 Dec: No answer. ")
    assert "\n" not in write["entered"]


def test_notes_that_are_a_formula_are_left_alone(panes: Pane, workbook: Workbook) -> None:
    sheet, at = pane.column(workbook, "✎ Notes")
    pane.put(workbook, KAI, "✎ Notes", "from another sheet")
    sheet["formulas"][f"{pane.row_of(workbook, KAI)},{at}"] = "=Other!A1"
    page = _open(panes, workbook, "Pupil")
    _record(page, "")
    expect(page.get_by_role("alert")).to_contain_text("The notes of this pupil are a formula.")
    assert _writes(page) == []


def test_a_contact_is_not_recorded_twice_nor_while_excel_refuses(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "Pupil")
    _record(page, "Rang twice")
    expect(page.locator("#said")).to_contain_text("Recorded")
    _record(page, "Rang twice")
    expect(page.get_by_role("alert")).to_have_text("This is recorded already: Fri 5 Dec: No answer. Rang twice (AB)")
    page.evaluate("workbook.state.broken = true")
    _record(page, "Rang again")
    expect(page.get_by_role("alert")).to_contain_text("so nothing was recorded")
    expect(page.get_by_label("Note (optional)")).to_have_value("Rang again")
    assert len(_writes(page)) == 1


def test_a_contact_without_outcome_or_initials_is_asked_for(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "Pupil")
    page.get_by_role("button", name="Record the contact").click()
    expect(page.get_by_role("alert")).to_have_text("Choose what came of the contact.")
    expect(page.get_by_label("Outcome")).to_be_focused()
    page.get_by_label("Outcome").select_option("No answer")
    page.get_by_role("button", name="Record the contact").click()
    expect(page.get_by_role("alert")).to_contain_text("Type your initials")
    expect(page.get_by_label("Your initials")).to_be_focused()
    assert _writes(page) == []


def test_the_day_on_which_a_child_is_expected_back_stands_in_the_line(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "Pupil")
    page.get_by_label("Outcome").select_option("Ill: expected back")
    page.get_by_label("Expected back (optional)").select_option(label="Tue 9 Dec")
    page.get_by_label("Your initials").fill("AB")
    page.get_by_role("button", name="Record the contact").click()
    expect(page.locator("#said")).to_contain_text("Recorded")
    (write,) = _writes(page)
    line = page.evaluate("({row, column}) => WORKBOOK.sheets.Tracker.values[row][column]", write).splitlines()[-1]
    assert line == "Fri 5 Dec: Ill: expected back. Back Tue 9 Dec (AB)"
    (one,) = read_noted({"P1": {"notes": line}}, (), {"P1"}, date(2025, 12, 8))
    assert (one.day, one.back_on) == (date(2025, 12, 5), date(2025, 12, 9))


def test_a_note_that_is_half_typed_survives_a_recalculation(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "Pupil", engine="slow")
    page.get_by_label("Note (optional)").fill("half ty")
    page.evaluate("engineReady()")
    expect(page.locator("#pupil-state")).to_contain_text("just now")
    expect(page.get_by_label("Note (optional)")).to_have_value("half ty")
    expect(page.get_by_label("Note (optional)")).to_be_focused()


def test_the_outcomes_are_those_that_today_offers() -> None:
    lists = layout.document("layout")["list"]
    wanted = list(dict.fromkeys([*lists["call"], *lists["visit"]]))
    said = (OFFICEJS / "pane" / "contact.js").read_text(encoding="utf-8")
    block = said[said.index("OUTCOMES = [") : said.index("];", said.index("OUTCOMES"))]
    assert sorted(re.findall(r'"([^"]+)"', block)) == sorted(wanted)


# --- functions -------------------------------------------------------------------------------------------------------


def test_every_function_is_listed_with_its_arguments(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "Functions")
    expect(page.locator("#functions summary h3")).to_have_text([entry.name for entry in reference.entries()])
    entry = next(one for one in reference.entries() if one.name == "ATT_BAND")
    band = page.locator("#functions details", has=page.get_by_role("heading", name="ATT_BAND", exact=True))
    band.locator("summary").click()
    expect(band.locator("dt")).to_have_text([one.name for one in entry.parameters])
    expect(band.locator("code")).to_have_text(entry.example)


def test_functions_are_found_by_their_words(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "Functions")
    page.get_by_label("Find a function").fill("persistent")
    expect(page.locator("#functions summary h3:visible").first).to_be_visible()
    shown = page.locator("#functions details:visible").count()
    assert 0 < shown < len(reference.entries())
    page.get_by_label("Find a function").fill("no such thing")
    expect(page.get_by_text("No function has these words.")).to_be_visible()


def test_an_example_goes_into_an_empty_cell_only(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "Functions")
    page.locator("#functions summary", has_text="ATT_PA").first.click()
    enter = page.get_by_role("button", name="Enter the example of ATT_PA in the selected cell")
    enter.click()
    expect(page.locator("#said")).to_contain_text("is not empty. Select an empty one")
    assert _writes(page) == []
    page.evaluate("workbook.select('About', 400, 1)")
    enter.click()
    expect(page.locator("#said")).to_contain_text("Entered in B401.")
    (write,) = _writes(page)
    assert write["entered"].startswith("=ATT_PA(")


# --- repair and policy -----------------------------------------------------------------------------------------------


def test_repair_enters_the_very_formulas_again_and_nothing_else(panes: Pane, workbook: Workbook) -> None:
    sheet, at = pane.column(workbook, "Band")
    rows = len(sheet["values"])
    for row in range(1, rows):
        sheet["values"][row][at] = "#NAME?"
    pane.put(workbook, KAI, "Band", "1/2")  # what a person typed over it
    before = copy.deepcopy(sheet["formulas"])
    page = panes.open(workbook)
    expect(page.locator("#notice")).to_contain_text("Cells show #NAME?")
    page.evaluate("() => { window.CALCULATE = () => 'Good'; }")
    page.get_by_role("button", name="Repair them").click()
    page.get_by_role("button", name="Enter the formulas again").click()
    expect(page.locator("#said")).to_contain_text("formulas were entered again.")
    expect(page.locator("#notice")).to_be_hidden()
    assert page.evaluate("WORKBOOK.sheets.Tracker.formulas") == before
    writes = _writes(page)
    assert all(write["entered"] == write["before"] and "ATT_" in write["entered"] for write in writes)
    assert len(writes) == 1 + sum("ATT_" in formula for formula in before.values())
    assert page.evaluate("row => WORKBOOK.sheets.Tracker.values[row]", pane.row_of(workbook, KAI))[at] == "1/2"


def test_a_policy_that_is_being_tried_is_checked_in_sentences(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "About")
    page.get_by_role("button", name="Check this policy").click()
    expect(page.get_by_role("list", name="What was found in the policy")).to_contain_text("Nothing to put right.")
    page.evaluate(
        "() => { const sheet = WORKBOOK.sheets.Policy; const at = WORKBOOK.tables.tblBands;"
        " sheet.values[at.row + 1][2] = ''; workbook.recalculated(); }"
    )
    found = page.get_by_role("list", name="What was found in the policy")
    expect(found).to_contain_text("'Above 96%' has no lower bound in row 1")
    expect(found).not_to_contain_text("#")


@pytest.mark.parametrize("title", ["Refresh now", "Prepare letters", "Prepare referral", "Adopt policy"])
def test_what_the_agent_does_is_said_with_when_it_last_ran(panes: Pane, workbook: Workbook, title: str) -> None:
    page = _open(panes, workbook, "About")
    page.get_by_text(title, exact=True).click()
    expect(page.locator("details", has_text=title)).to_contain_text("It last ran at 09:30 on Fri 5 Dec.")
    assert _writes(page) == []


def test_the_pane_keeps_nothing_and_reaches_nowhere(panes: Pane, workbook: Workbook) -> None:
    panes.requests.clear()
    page = _open(panes, workbook, "About")
    page.get_by_role("button", name="Check this policy").click()
    expect(page.get_by_role("list", name="What was found in the policy")).to_contain_text("put right")
    kept = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept == [0, 0, ""]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    elsewhere = [url for url in panes.requests if not url.startswith(panes.address)]
    assert set(elsewhere) == {browser.OFFICE_JS}
