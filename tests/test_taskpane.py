"""The task pane in Chromium: Today as a list, the pupil that is selected, workbooks that are not as they should be."""

import dataclasses
import json
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import browser, pane
from tests.pane import Pane, Workbook

from halfday import host
from halfday_sync.workbook.sheet import serial

pytestmark = pytest.mark.browser

KAI = "P0038"  # on stage 2, to be rung, with something due


def test_today_shows_the_sections_of_the_page_with_their_counts(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    expect(page.get_by_role("heading", level=2, name="Today: Fri 5 Dec")).to_be_visible()
    titles = [row[0].split("   ", 1)[1] for row in workbook["sheets"]["Today"]["values"] if "   " in str(row[0])]
    shown = [f"{one.locator('h3').inner_text()} ({one.locator('.count').inner_text()})" for one in _lists(page)]
    assert shown == titles
    ring = page.locator("details", has_text="Ring next")
    expect(ring.get_by_role("button")).to_have_text(["Minh Tranh", "Kai Tranh"])
    expect(ring).to_contain_text("Free meals. Also away in this family: Ken Tranh (Elm)")


def _lists(page: Page) -> list[Any]:
    return page.locator("#today details").all()


def test_an_empty_list_says_that_there_is_nothing_today(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    changes = page.locator("details", has_text="Stage changes")
    changes.locator("summary").click()
    expect(changes.get_by_text("Nothing today.")).to_be_visible()


@pytest.mark.parametrize("key", ["click", "Enter"])
def test_a_row_goes_to_the_pupils_row_on_the_tracker(panes: Pane, workbook: Workbook, key: str) -> None:
    page = panes.open(workbook)
    button = page.get_by_role("button", name="Kai Tranh").first
    if key == "click":
        button.click()
    else:
        button.press(key)
    expect(page.locator("#said")).to_contain_text("Kai Tranh is selected on the Tracker.")
    chosen = page.evaluate("workbook.state.selection")
    assert (chosen["sheet"], chosen["row"]) == ("Tracker", pane.row_of(workbook, KAI))
    expect(page.locator("[aria-current=true]").first).to_contain_text("Kai Tranh")
    page.get_by_role("button", name="See why").click()
    expect(page.get_by_role("heading", level=2, name="Kai Tranh")).to_be_focused()


def test_rows_that_were_sorted_and_columns_that_were_moved_are_found(panes: Pane, workbook: Workbook) -> None:
    sheet = workbook["sheets"]["Tracker"]
    for kind in ("values", "texts"):
        turned = [row[::-1] for row in sheet[kind]]
        sheet[kind] = [turned[0], *turned[:0:-1]]
    sheet["formulas"] = {}
    page = panes.open(workbook)
    page.get_by_role("button", name="Kai Tranh").first.click()
    expect(page.locator("#said")).to_contain_text("is selected")
    assert page.evaluate("workbook.state.selection.row") == pane.row_of(workbook, KAI)
    page.get_by_role("button", name="Pupil").click()
    expect(page.locator("#pupil-why")).to_have_text(pane.value(workbook, KAI, "Why"))


def test_a_filter_that_hides_the_row_is_named_and_can_be_cleared(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    page.evaluate("row => { workbook.state.hidden.Tracker = [row]; }", pane.row_of(workbook, KAI))
    page.get_by_role("button", name="Kai Tranh").first.click()
    expect(page.locator("#said")).to_contain_text("A filter hides Kai Tranh on the Tracker.")
    assert page.evaluate("[workbook.state.selection.sheet, workbook.state.cleared]") == ["Today", 0]
    page.get_by_role("button", name="Show all rows").click()
    expect(page.locator("#said")).to_contain_text("Kai Tranh is selected on the Tracker.")
    assert page.evaluate("workbook.state.cleared") == 1


def test_a_pupil_without_a_row_is_named(panes: Pane, workbook: Workbook) -> None:
    pane.put(workbook, KAI, "Pupil ID", "P9999")
    page = panes.open(workbook)
    page.get_by_role("button", name="Kai Tranh").first.click()
    expect(page.locator("#said")).to_contain_text("Kai Tranh has no row on the Tracker.")


@pytest.mark.parametrize("sheet", ["Tracker", "Register", "Today"])
def test_the_page_of_the_pupil_follows_the_selection(panes: Pane, workbook: Workbook, sheet: str) -> None:
    page = panes.open(workbook)
    page.get_by_role("button", name="Pupil").click()
    expect(page.locator("#pupil")).to_contain_text("Select a pupil's row")
    rows = workbook["sheets"][sheet]["values"]
    row = next(at for at, cells in enumerate(rows) if any(str(cell).split("|")[0] == KAI for cell in cells))
    page.evaluate("([sheet, row]) => workbook.select(sheet, row, 3)", [sheet, row])
    expect(page.get_by_role("heading", level=2)).to_have_text("Kai Tranh")
    page.evaluate("workbook.select('About', 3)")
    page.evaluate("workbook.state.selection = null; workbook.recalculated()")
    expect(page.get_by_role("heading", level=2)).to_have_text("Kai Tranh")


def _pupil(page: Page, workbook: Workbook, pupil: str = KAI) -> None:
    page.evaluate("row => workbook.select('Tracker', row)", pane.row_of(workbook, pupil))
    page.get_by_role("button", name="Pupil", exact=True).click()


def test_what_was_sent_stands_there_while_python_starts(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook, engine="slow")
    _pupil(page, workbook)
    expect(page.get_by_role("status").filter(has_text="The functions are starting")).to_be_visible()
    expect(page.locator("#pupil-why")).to_have_text(pane.value(workbook, KAI, "Why as sent"))
    expect(page.locator("#pupil-state")).to_have_text("As Halfday sent it. Being worked out again…")
    page.evaluate("engineReady()")
    expect(page.locator("#pupil-state")).to_have_text("Worked out just now. It is what Halfday sent.")
    expect(page.locator("#engine")).to_be_hidden()


def test_the_page_of_the_pupil_says_what_the_engine_says(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    _pupil(page, workbook)
    expect(page.locator("#pupil-state")).to_contain_text("Worked out just now")
    asked = dict(page.evaluate("asked"))
    why = host.answer("ATT_WHY", asked["ATT_WHY"])
    expect(page.locator("#pupil-why")).to_have_text(str(why))
    lines = str(host.answer("ATT_ACTIONS", asked["ATT_ACTIONS"])).splitlines()
    expect(page.get_by_role("list", name="Checklist").get_by_role("listitem")).to_have_text(lines)
    expect(page.get_by_role("list", name="What fired").get_by_role("listitem")).to_have_text(
        str(host.answer("ATT_TRIGGERS", asked["ATT_TRIGGERS"])).splitlines()
    )
    expect(page.locator("#pupil .facts")).to_contain_text("Stage 2")


def test_a_policy_that_is_being_tried_is_said_to_be_tried(panes: Pane, workbook: Workbook) -> None:
    pane.put_named(workbook, "PolicyText", pane.named(workbook, "PolicyText").replace("below = 86", "below = 95"))
    pane.put_named(
        workbook,
        "Trying",
        "You are trying another policy. Had it been so all year, 3 pupils would be at another stage.",
    )
    page = panes.open(workbook)
    expect(page.locator("#trying")).to_contain_text("3 pupils would be at another stage")
    _pupil(page, workbook)
    expect(page.locator("#pupil-state")).to_have_text(
        "Trying another policy: not what Halfday sent (Stage 2). Nothing is decided until it is adopted."
    )
    expect(page.locator("#pupil .tag")).to_have_text("Stage 3")
    expect(page.locator("#pupil-sent")).to_contain_text(pane.value(workbook, KAI, "Why as sent"))


def test_a_figure_that_cannot_be_read_is_said_in_a_sentence(panes: Pane, workbook: Workbook) -> None:
    pane.put_named(workbook, "PolicyText", "#Policy table: 'Good' has no lower bound in row 1")
    page = panes.open(workbook)
    _pupil(page, workbook)
    expect(page.locator("#pupil-state")).to_contain_text("This cannot be worked out: ")


def test_recalculated_figures_are_read_again(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    _pupil(page, workbook)
    expect(page.locator("#pupil-state")).to_contain_text("It is what Halfday sent")
    other = pane.named(workbook, "PolicyText").replace("below = 86", "below = 95")
    page.evaluate(
        "text => { const at = WORKBOOK.names.PolicyText; WORKBOOK.sheets[at.sheet].values[at.row][at.column] = text;"
        " workbook.recalculated(); workbook.recalculated(); }",
        other,
    )
    expect(page.locator("#pupil-state")).to_contain_text("Trying another policy")


def test_a_pane_that_nobody_sees_reads_nothing_until_it_is_seen_again(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true })")
    page.evaluate("window.away = true; WORKBOOK.sheets.About.values[0][0] = 'About this workbook: Elsewhere School'")
    before = page.evaluate("workbook.state.read")
    page.clock.install()
    page.evaluate("workbook.recalculated()")
    page.clock.run_for(1000)
    assert page.evaluate("workbook.state.read") == before
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#school")).to_have_text("Elsewhere School")


def test_an_engine_that_cannot_start_says_so_and_can_be_started_again(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook, engine="slow")
    page.evaluate("engineFailed('The functions could not start: pyodide.js is not there.')")
    _pupil(page, workbook)
    expect(page.locator("#engine")).to_have_text("The functions could not start: pyodide.js is not there.")
    expect(page.locator("#pupil-state")).to_contain_text("As Halfday sent it: the functions are not running")
    expect(page.locator("#pupil-why")).to_have_text(pane.value(workbook, KAI, "Why as sent"))
    page.evaluate("halfday.ready = Promise.resolve()")
    page.get_by_role("button", name="About").click()
    page.get_by_role("button", name="Start the functions again").click()
    expect(page.locator("#engine-words")).to_contain_text("The functions are ready.")


def test_the_pane_follows_a_worker_that_breaks_and_is_started_by_a_calculation(panes: Pane, workbook: Workbook) -> None:
    with browser.served(browser.built()) as address:
        page = dataclasses.replace(panes, address=address).open(workbook)
        page.evaluate("halfday.ready")
        _pupil(page, workbook)
        expect(page.locator("#pupil-state")).to_contain_text("Worked out just now.")
        page.workers[0].evaluate("() => { setTimeout(() => { throw new Error('gone'); }); }")
        expect(page.locator("#engine")).to_contain_text("The functions stopped and will start again")
        expect(page.locator("#pupil-state")).to_contain_text("Worked out just now.")
        assert page.evaluate("excel.calculate([['ATT_PA', [315, 350]]])") == ["Yes"]
        expect(page.locator("#engine")).to_be_hidden()
        expect(page.locator("#engine-words")).to_contain_text("The functions are ready.", use_inner_text=False)
        panes.close()


def test_a_host_without_the_functions_still_shows_the_workbook(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook, engine="missing")
    expect(page.locator("#engine")).to_contain_text("The functions did not load.")
    expect(page.get_by_role("button", name="Kai Tranh").first).to_be_visible()


def test_a_pupil_who_is_not_in_the_register_keeps_what_was_sent(panes: Pane, workbook: Workbook) -> None:
    sheet, at = pane.column(workbook, "Pupil ID", "tblRegister")
    sheet["values"][pane.row_of(workbook, KAI, "tblRegister")][at] = "P9999"
    page = panes.open(workbook)
    _pupil(page, workbook)
    expect(page.locator("#pupil-state")).to_contain_text("this pupil is not in the Register")
    expect(page.locator("#pupil-why")).to_have_text(pane.value(workbook, KAI, "Why as sent"))


def test_a_workbook_that_is_not_a_tracker_is_said_to_be_none(panes: Pane, workbook: Workbook) -> None:
    workbook["tables"] = {}
    page = panes.open(workbook)
    expect(page.get_by_role("alert").filter(has_text="This workbook is not a Halfday tracker")).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()


def test_columns_that_staff_renamed_are_named(panes: Pane, workbook: Workbook) -> None:
    sheet, at = pane.column(workbook, "Due")
    sheet["values"][0][at] = "Deadline"
    page = panes.open(workbook)
    page.get_by_role("button", name="About").click()
    expect(page.locator("#missing")).to_contain_text(
        "The Tracker has no column called Due, so what it says is not shown"
    )


def test_without_the_page_today_the_lists_come_from_the_tracker(panes: Pane, workbook: Workbook) -> None:
    workbook["sheets"]["Monday"] = workbook["sheets"].pop("Today")
    pane.put(workbook, KAI, "What changed", "Stage 1 → Stage 2")
    pane.put(workbook, KAI, "Next action", "Ring the family.")
    pane.put(workbook, KAI, "Due", serial(date(2025, 12, 8)))
    page = panes.open(workbook)
    expect(page.locator("#today")).to_contain_text("There is no page called Today in this workbook")
    changes = page.locator("details", has_text="Stage changes")
    expect(changes.get_by_role("button")).to_have_text(["Kai Tranh"])
    expect(changes.locator(".tag")).to_have_text("Stage 2")
    expect(page.locator("details", has_text="Due within a week").get_by_role("listitem").first).to_be_visible()


def test_how_fresh_the_marks_are_is_on_every_page(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    line = "Marks up to Thu 4 Dec. Last checked 09:30 on Fri 5 Dec. Last changed 09:30 on Fri 5 Dec."
    for name in ("Today", "Pupil", "What if", "Functions", "About"):
        page.get_by_role("navigation").get_by_role("button", name=name).click()
        expect(page.locator("#fresh")).to_have_text(line)
    expect(page.locator("#stale")).to_be_hidden()


def test_marks_that_are_a_school_day_old_raise_the_alarm(panes: Pane, workbook: Workbook) -> None:
    pane.put_named(workbook, "Clock", pane.named(workbook, "Clock") + 3)  # Monday, and nobody checked since Friday
    page = panes.open(workbook)
    expect(page.locator("#stale")).to_be_hidden()
    pane.put_named(workbook, "Clock", pane.named(workbook, "Clock") + 1)  # Tuesday
    page = panes.open(workbook)
    expect(page.get_by_role("alert").filter(has_text="a whole school day has passed")).to_be_visible()


def test_a_list_that_is_being_read_does_not_jump_when_figures_are_recalculated(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    button = page.get_by_role("button", name="Kai Tranh").first
    button.focus()
    page.evaluate(
        "() => { const at = WORKBOOK.names.LastChecked;"
        " WORKBOOK.sheets[at.sheet].values[at.row][at.column] += 1 / 24; workbook.recalculated(); }"
    )
    expect(page.locator("#fresh")).to_contain_text("Last checked 10:30")
    expect(button).to_be_focused()


def test_when_excel_is_busy_the_pane_says_so_and_tries_again(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    page.evaluate("workbook.state.broken = true")
    page.get_by_role("button", name="Kai Tranh").first.click()
    expect(page.locator("#trouble")).to_contain_text("Leave any cell that is being edited")
    page.evaluate("workbook.state.broken = false")
    _pupil(page, workbook)
    expect(page.locator("#trouble")).to_be_hidden()


def test_fifteen_hundred_pupils_are_read_by_column_and_not_as_a_whole(panes: Pane, workbook: Workbook) -> None:
    where = workbook["tables"]["tblTracker"]
    sheet = workbook["sheets"]["Tracker"]
    for kind in ("values", "texts"):
        sheet[kind] = [sheet[kind][0], *(json.loads(json.dumps(sheet[kind][1])) for _ in range(1500))]
    for number, row in enumerate(sheet["values"][1:]):
        row[0] = f"Q{number:04}"
    where["rows"] = 1501
    page = panes.open(workbook)
    pages = sum(len(workbook["sheets"][name]["values"]) * 45 for name in ("Today", "About", "Policy"))
    assert page.evaluate("workbook.state.read") < 1500 * 18 + pages
    _pupil(page, workbook, "Q1499")
    expect(page.locator("#pupil-state")).to_contain_text("not in the Register")


def test_with_python_in_the_browser_the_figures_are_those_that_were_sent(panes: Pane, workbook: Workbook) -> None:
    with browser.served(browser.built()) as address:
        page = dataclasses.replace(panes, address=address).open(workbook)
        page.evaluate("halfday.ready")
        _pupil(page, workbook)
        expect(page.locator("#pupil-state")).to_have_text("Worked out just now. It is what Halfday sent.")
        page.get_by_role("button", name="What if").click()
        expect(page.locator("#result")).to_contain_text("% if absent 5 more days")
        page.get_by_role("button", name="Functions").click()
        expect(page.locator("#functions summary").first).to_be_visible()
        panes.close()
