"""The pictures of the pane in the documentation: of the made-up school, and small. `--update-golden` keeps them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests import pane
from tests.pane import OFFICEJS, Pane, Workbook

from halfday_sync import cli

pytestmark = pytest.mark.browser

PICTURES = OFFICEJS.parent / "pictures"
MOST_BYTES = 160_000


@pytest.fixture(scope="module")
def panes() -> Iterator[Pane]:
    with pane.panes() as opened:
        yield opened


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    folder = tmp_path_factory.mktemp("large") / "demo"
    assert cli.main(["demo", "--into", str(folder)]) == 0
    return pane.workbook_json(folder / "tracker.xlsx")


def test_the_pictures_of_the_documentation_can_be_made_anew(
    panes: Pane, large: Workbook, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    into = PICTURES if request.config.getoption("--update-golden") else tmp_path
    into.mkdir(exist_ok=True)
    page = panes.open(large, height=660, device_scale_factor=1.5)
    page.get_by_role("button", name="Faris Latifi").first.click()
    expect(page.locator("#said")).to_contain_text("Faris Latifi is selected on the Tracker.")
    expect(page.locator("#pupil-state")).to_contain_text("just now")
    made = []
    for tab in ("Today", "Pupil", "What if", "Functions"):
        if tab != "Today":
            page.get_by_role("navigation").get_by_role("button", name=tab).click()
        if tab == "Functions":
            page.get_by_label("Find a function").fill("back row")
            page.locator("#functions summary", has_text="ATT_BACK_TO").click()
            page.locator("#functions details[open]").evaluate("(one) => one.scrollIntoView()")
        if tab == "What if":
            page.get_by_label("Back to which figure?").select_option(label="86%: 86-91%")
            expect(page.locator("#details")).to_contain_text("Back to 86%")
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        made.append(into / f"pane-{tab.lower().replace(' ', '-')}.png")
        page.screenshot(path=made[-1])
    panes.close()
    assert {path.name for path in made} == {path.name for path in PICTURES.glob("pane-*.png")}
    assert all(path.stat().st_size < MOST_BYTES for path in (*made, *PICTURES.glob("*.png")))
