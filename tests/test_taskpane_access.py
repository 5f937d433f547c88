"""Everybody can use the pane: by keyboard, by ear, at 320 pixels, with large letters; and no data becomes markup."""

import itertools
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import pane
from tests.pane import OFFICEJS, Pane, Workbook

from halfday_sync.workbook import layout

pytestmark = pytest.mark.browser

KAI = "P0038"
TABS = ("Today", "Pupil", "What if", "Functions", "About")
CONTROLS = "button, input, select, summary, a[href], [tabindex='0']"


def _open(panes: Pane, workbook: Workbook, tab: str = "Today", **said: Any) -> Page:
    page = panes.open(workbook, **said)
    page.evaluate("row => workbook.select('Tracker', row)", pane.row_of(workbook, KAI))
    expect(page.locator("#pupil-state")).to_contain_text("just now")
    _turn_to(page, tab)
    return page


def _turn_to(page: Page, tab: str) -> None:
    page.get_by_role("navigation").get_by_role("button", name=tab).click()
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")


# --- the keyboard ----------------------------------------------------------------------------------------------------

FOCUSED = """() => {
  const here = document.activeElement;
  const style = getComputedStyle(here);
  return [here === document.body ? "" : `${here.tagName} ${here.id} ${here.textContent.trim().slice(0, 30)}`,
    style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, here.getBoundingClientRect().bottom];
}"""


@pytest.mark.parametrize("tab", TABS)
def test_everything_is_reached_with_the_tab_key_in_the_order_of_the_page(
    panes: Pane, workbook: Workbook, tab: str
) -> None:
    page = _open(panes, workbook, tab)
    wanted = page.evaluate(
        f'() => [...document.querySelectorAll("{CONTROLS}")].filter((one) => one.checkVisibility())'
        ".map((one) => `${one.tagName} ${one.id} ${one.textContent.trim().slice(0, 30)}`)"
    )
    page.evaluate("() => { document.activeElement.blur(); window.getSelection().removeAllRanges(); }")
    page.locator("h1").evaluate("(one) => { one.tabIndex = -1; one.focus(); }")
    reached = []
    for _step in wanted:
        page.keyboard.press("Tab")
        name, is_seen, bottom = page.evaluate(FOCUSED)
        assert is_seen, f"no outline on {name}"
        assert bottom > 0
        reached.append(name)
    assert reached == wanted


def test_a_morning_needs_no_mouse(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    keys = page.keyboard
    page.get_by_role("button", name="Kai Tranh").first.focus()
    keys.press("Enter")
    expect(page.locator("#said")).to_contain_text("Kai Tranh is selected")
    see = page.get_by_role("button", name="See why")
    for _step in range(60):
        if see.evaluate("(one) => one === document.activeElement"):
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=2, name="Kai Tranh")).to_be_focused()
    keys.press("Tab")
    expect(page.get_by_label("Outcome")).to_be_focused()
    keys.type("Left")
    keys.press("Tab")
    expect(page.get_by_label("Expected back (optional)")).to_be_focused()
    keys.press("Tab")
    keys.type("Voicemail")
    keys.press("Tab")
    keys.type("CD")
    keys.press("Enter")
    expect(page.locator("#said")).to_have_text("Recorded in the notes of Kai Tranh.")
    (write,) = page.evaluate("workbook.state.writes")
    assert write["entered"].splitlines()[-1] == "Fri 5 Dec: Left a message. Voicemail (CD)"


# --- the accessibility tree ------------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_headings_go_down_one_by_one(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook)
    for tab in TABS:
        _turn_to(page, tab)
        _names_and_headings(page)
        expect(page.locator("nav [aria-current=page]")).to_have_text(tab)


def _names_and_headings(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    seen = [node for node in nodes if not node.get("ignored")]
    roles = {"button", "textbox", "searchbox", "spinbutton", "slider", "combobox", "DisclosureTriangle", "list"}
    nameless = [node["role"] for node in seen if node["role"]["value"] in roles and not _name(node)]
    levels = [
        int(next(one["value"]["value"] for one in node["properties"] if one["name"] == "level"))
        for node in seen
        if node["role"]["value"] == "heading"
    ]
    assert nameless == []
    assert levels[:2] == [1, 2]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    landmarks = [node["role"]["value"] for node in seen]
    assert {"banner", "navigation", "main"} <= set(landmarks)


def _name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", ""))


def test_a_list_reads_as_a_list_with_the_pupil_as_a_button(panes: Pane, workbook: Workbook) -> None:
    page = panes.open(workbook)
    expect(page.locator("#today")).to_match_aria_snapshot("""
        - group:
          - 'heading "Ring next: absent today, no reason known" [level=3]'
          - 'list "Ring next: absent today, no reason known"':
            - listitem:
              - paragraph:
                - button "Minh Tranh"
            - listitem:
              - paragraph:
                - button "Kai Tranh"
        """)


def test_what_changes_is_said_aloud(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, "What if")
    for place in ("#said", "#result", "#heard", "#engine"):
        assert page.locator(place).get_attribute("role") == "status"
    for place in ("#stale", "#trouble"):
        assert page.locator(place).get_attribute("role") == "alert"
    assert page.locator("html").get_attribute("lang") == "en-GB"
    _turn_to(page, "Pupil")
    page.evaluate("row => workbook.select('Tracker', row)", pane.row_of(workbook, "P0002"))
    expect(page.locator("#heard")).to_have_text("Ruby Beckworth. Worked out just now. It is what Halfday sent.")


# --- eyes ------------------------------------------------------------------------------------------------------------

CONTRASTS = """() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const { rgb, a } = parse(getComputedStyle(one).backgroundColor);
      if (a === 1) return rgb;
    }
    return [255, 255, 255];
  };
  const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const light = (rgb) => rgb.map((part) => linear(part / 255))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !one.checkVisibility() || one.tagName === "NOSCRIPT") continue;
    const [dark, bright] = [light(parse(getComputedStyle(one).color).rgb), light(behind(one))].sort((a, b) => a - b);
    found.push([one.textContent.trim().slice(0, 40), (bright + 0.05) / (dark + 0.05)]);
  }
  return found;
}"""


def test_all_words_stand_out_from_what_is_behind_them(panes: Pane, workbook: Workbook) -> None:
    pane.put_named(workbook, "Clock", pane.named(workbook, "Clock") + 7)
    pane.put_named(workbook, "Trying", "You are trying another policy.")
    page = _open(panes, workbook)
    for tab in TABS:
        _turn_to(page, tab)
        found = page.evaluate(CONTRASTS)
        assert len(found) > 8
        assert [(words, round(ratio, 2)) for words, ratio in found if ratio < 4.5] == []


TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()
  && one.getBoundingClientRect().right > innerWidth + 0.5).map((one) => one.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("letters", ["100%", "200%"])
def test_nothing_scrolls_sideways_at_320_pixels(panes: Pane, workbook: Workbook, letters: str) -> None:
    pane.put(workbook, KAI, "Surname", "Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff")
    page = _open(panes, workbook, width=320)
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", letters)
    for tab in TABS:
        _turn_to(page, tab)
        assert page.evaluate(TOO_WIDE) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_targets_are_large_enough_to_hit(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, width=320)
    for tab in TABS:
        _turn_to(page, tab)
        small = page.evaluate(
            f'() => [...document.querySelectorAll("{CONTROLS}")].filter((one) => one.checkVisibility())'
            ".map((one) => [one.id || one.textContent, one.getBoundingClientRect()])"
            ".filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"
        )
        assert small == []


def test_with_forced_colours_tabs_tags_and_the_selected_row_keep_their_shape(panes: Pane, workbook: Workbook) -> None:
    page = _open(panes, workbook, forced_colors="active")
    for place in (".tag", "nav [aria-current]"):
        width = page.locator(place).first.evaluate("(one) => getComputedStyle(one).borderBottomWidth")
        assert float(width.removesuffix("px")) >= 1
    bar = page.locator(".row[aria-current]").first.evaluate(
        "(one) => getComputedStyle(one, '::before').borderLeftWidth"
    )
    assert float(bar.removesuffix("px")) >= 2


def test_the_colours_are_those_of_the_workbook_and_there_are_two_sizes_of_letters() -> None:
    css = "\n".join(path.read_text(encoding="utf-8") for path in sorted((OFFICEJS / "pane").glob("*.css")))
    styles = layout.document("styles")
    focus = {"#FFDD00"}  # GOV.UK's yellow behind the dark outline of what has the focus
    assert set(re.findall(r"#[0-9A-F]{6}", css.upper())) <= {*styles["colour"].values(), *focus}
    assert set(re.findall(r"font(?:-size)?:\s*([\d.]+(?:rem|%))", css)) == {"100%", "1rem", "1.375rem"}
    assert set(re.findall(r"font-family: ([^;]+);", css)) <= {"inherit"}
    assert "Arial" in css
    assert not re.search(r"\b(?:transition|animation):(?! none)", css)


# --- data stays data -------------------------------------------------------------------------------------------------

NASTY = (
    '<img src=x onerror="window.hacked=1">',
    "=cmd|'/c calc'!A1",
    "{{constructor}}",
    "</h2><script>hacked=1</script>",
)


@pytest.mark.parametrize("text", NASTY)
def test_a_name_that_looks_like_markup_is_shown_as_it_is(panes: Pane, workbook: Workbook, text: str) -> None:
    for title in ("Surname", "Class", "Why", "Why as sent", "Next action", "✎ Notes"):
        pane.put(workbook, KAI, title, text)
    today = workbook["sheets"]["Today"]
    for rows in (today["values"], today["texts"]):
        for row in rows:
            if f"{KAI}|" in str(row[-1]):
                row[1] = row[5] = text
    page = panes.open(workbook)
    page.get_by_role("button", name=text).first.click()
    expect(page.locator("#said")).to_contain_text(text)
    page.get_by_role("button", name="See why").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text(text)
    for tab in TABS:
        _turn_to(page, tab)
    assert page.evaluate("window.hacked === undefined")
    assert page.locator("main img, main script").count() == 0


def test_the_sources_make_no_markup_of_data_and_keep_nothing() -> None:
    page = (OFFICEJS / "taskpane.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"\son\w+=|\sstyle=", page) == []
    for source in sorted((OFFICEJS / "pane").iterdir()):
        text = source.read_text(encoding="utf-8")
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage"
            r"|sessionStorage|indexedDB|document\.cookie|XMLHttpRequest|sendBeacon|console\.",
            text,
        )
        assert found == [], source.name
        assert len(text.splitlines()) <= 330
