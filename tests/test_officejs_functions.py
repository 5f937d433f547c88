"""Excel 365, in a real browser: every cell function answers as plain Python does, and nothing leaves the computer."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import browser
from tests.browser import Sheet
from tests.vectors import serials, vectors

from halfday import host, reference

pytestmark = pytest.mark.browser

NOT_STARTED = "The functions could not start"
CALENDAR = "2025-09-01 to 2025-10-24 school"
POLICY = host.answer("ATT_POLICY", [[["Good", "at least", 95, ""], ["Low", "at least", 0, ""]]])
DAY = 45954
HARMS = {
    "no engine": "halfday-*.zip",
    "engine cut short": "halfday-*.zip",
    "library cut short": "pyodide-*/python_stdlib.zip",
    "Python cut short": "pyodide-*/pyodide.asm.wasm",
    "no Python": "pyodide-*/pyodide.asm.wasm",
    "no Pyodide": "pyodide-*/pyodide.js",
    "no worker": "worker.js",
}
"""What may happen to a folder on its way to a host."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with browser.served(browser.built()) as found:
        yield found


@pytest.fixture(scope="module")
def sheet(chromium: Any, address: str) -> Iterator[Sheet]:
    with browser.opened(chromium, address) as found:
        found.ready()
        yield found
        assert not found.complaints
        assert not found.elsewhere()


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the folder that a test may harm."""
    return Path(shutil.copytree(browser.built(), tmp_path / "addin"))


def test_a_cold_start_reaches_only_its_own_folder_and_complains_of_nothing(chromium: Any, address: str) -> None:
    with browser.opened(chromium, address) as cold:
        cold.ready()
        assert cold.status() == "The functions are ready."
        assert cold.page.evaluate("excel.ids()") == [entry.name for entry in reference.entries()]
        assert browser.OFFICE_JS in cold.requests
        assert not cold.elsewhere()
        assert not cold.complaints


def test_every_vector_has_the_answer_of_plain_python(sheet: Sheet) -> None:
    all_of_them = vectors()
    answers = sheet.calculate([(one.name, serials(one.args)) for one in all_of_them])
    differ = [
        (one.name, given, serials(one.expected))
        for one, given in zip(all_of_them, answers, strict=True)
        if given != serials(one.expected)
    ]
    assert not differ[:3], f"{len(differ)} of {len(all_of_them)} differ"


def test_two_thousand_cells_go_to_python_in_a_few_batches(sheet: Sheet) -> None:
    before = sheet.batches()
    cells = [("ATT_BAND", [n, 2000, POLICY]) for n in range(2000)]
    assert sheet.calculate(cells) == [host.answer(name, args) for name, args in cells]
    assert sheet.batches() - before <= 4


def test_the_same_call_is_answered_from_memory(sheet: Sheet) -> None:
    cells = [("ATT_IF_ABSENT", [180, 190, 2])] * 500
    first, before = sheet.calculate(cells), sheet.batches()
    assert sheet.calculate(cells) == first == [host.answer(*cells[0])] * 500
    assert sheet.batches() == before


def test_no_cell_gets_the_answer_of_another_when_memory_is_full(chromium: Any, address: str) -> None:
    """What is asked of Python is looked at here, not what it answers: 122,000 calls for two pupils in turn."""
    with browser.opened(chromium, address) as page:
        wrong = page.page.evaluate(
            """async () => {
              halfday.batch = async (calls) => calls.map(({ args }) => `${args[0]} ${args[1]}`);
              const one = "/ / / / / / / / / / / / the first", other = "N N N N N N N N N N N N the other";
              const pupils = [one, other], wrong = [];
              for (let turn = 0; turn < 61; turn += 1) {
                const cells = Array.from({ length: 2000 }, (_, n) => [pupils[n % 2], turn * 1000 + (n >> 1)]);
                const answers = await excel.calculate(cells.map((args) => ["ATT_PA", args]));
                wrong.push(...answers.filter((answer, n) => answer !== cells[n].join(" ")));
              }
              return wrong;
            }"""
        )
        assert wrong == []


def test_a_bad_cell_spoils_no_other_in_its_batch(sheet: Sheet) -> None:
    broken = {"type": "Error", "basicValue": "#N/A"}
    cells = [("ATT_PA", [313, 350]), ("ATT_PA", [broken, 350]), ("ATT_PA", ["many", {"code": "#REF!"}])]
    cells += [("ATT_PERCENT", ["/ \\ xx", CALENDAR, DAY]), ("ATT_PA", [{"basicValue": 316}, 351])]
    first, error, other_error, code, last = sheet.calculate(cells)
    assert (first, last) == ("Yes", "No")
    assert error == "#One of the cells it is given shows #N/A"
    assert all(answer.startswith("#") for answer in (error, other_error, code))


@pytest.mark.parametrize("empty", [0, None, ""], ids=["Windows", "web", "text"])
def test_an_empty_cell_is_empty_however_excel_hands_it_over(sheet: Sheet, empty: object) -> None:
    row = [[["", ""]], POLICY, CALENDAR, DAY, ""]
    cells = [(name, row) for name in ("ATT_STAGE", "ATT_STAGE_SINCE", "ATT_WHY", "ATT_TRIGGERS", "ATT_ACTIONS")]
    cells += [("ATT_PA", ["", ""]), ("ATT_BAND", ["", "", POLICY]), ("ATT_PERCENT", [[["", ""]], CALENDAR, DAY])]
    assert sheet.calculate(cells, empty=empty) == [""] * len(cells)
    one_half_term = ("ATT_PERCENT", [[["/ \\ I I", ""]], CALENDAR, DAY, "", ""])
    assert sheet.calculate([one_half_term], empty=empty) == [0.5]


def test_what_is_left_out_takes_its_default(sheet: Sheet) -> None:
    cells: list[tuple[str, list[object]]] = [
        ("ATT_SESSIONS_UNTIL", [340, 350]),
        ("ATT_SESSIONS_UNTIL", [340, 350, "PA"]),
    ]
    assert sheet.calculate(cells) == [host.answer(*cells[0])] * 2


def test_after_the_start_it_works_without_a_network(chromium: Any, address: str) -> None:
    with browser.opened(chromium, address) as page:
        page.ready()
        page.calculate([("ATT_PA", [1, 2])])
        asked = len(page.requests)
        page.page.context.set_offline(offline=True)
        assert page.calculate([("ATT_PA", [n, 100]) for n in (89, 90, 91)]) == ["Yes", "Yes", "No"]
        assert len(page.requests) == asked


def test_python_has_no_way_to_the_network_once_it_runs(sheet: Sheet) -> None:
    (worker,) = sheet.page.workers
    ways = "[typeof fetch, typeof XMLHttpRequest, typeof WebSocket, typeof importScripts, typeof EventSource]"
    assert worker.evaluate(ways) == ["undefined"] * 5


def test_the_page_may_reach_nowhere_else(chromium: Any, address: str) -> None:
    with browser.opened(chromium, address) as page:
        tried = "fetch('https://halfday.example/').then(() => 'reached', () => 'refused')"
        assert page.page.evaluate(tried) == "refused"
        assert "Content Security Policy" in " ".join(page.complaints)
        assert not page.elsewhere()


def test_the_pane_stays_alive_while_cells_are_calculated(sheet: Sheet) -> None:
    turns = """async () => {
      let turns = 0, done = false;
      const all = excel.calculate(Array.from({length: 3000}, (_, n) => ["ATT_IF_ABSENT", [n, 4000, 1]]));
      all.then(() => { done = true; });
      while (!done) { turns += 1; await new Promise(requestAnimationFrame); }
      return turns;
    }"""
    assert sheet.page.evaluate(turns) > 2


@pytest.mark.parametrize("harm", sorted(HARMS))
def test_without_a_whole_folder_every_cell_says_why_and_keeps_the_value_as_sent(
    chromium: Any, broken: Path, harm: str
) -> None:
    """`IFERROR` shows the value as sent where a function throws, so an error is what a cell must get."""
    harmed = next(broken.glob(HARMS[harm]))
    whole = harmed.read_bytes()
    harmed.unlink() if harm.startswith("no") else harmed.write_bytes(whole[: len(whole) // 2])
    with browser.served(broken) as address, browser.opened(chromium, address) as page:
        answers = page.calculate([("ATT_PA", [1, 2]), ("ATT_PA", [2, 2])])
        assert [answer["error"] for answer in answers] == ["#N/A", "#N/A"]
        assert all(answer["message"].startswith(NOT_STARTED) for answer in answers)
        assert all("Traceback" not in answer["message"] for answer in answers)
        assert page.status() == answers[0]["message"]
        harmed.write_bytes(whole)
        page.page.evaluate("halfday.start()")
        assert page.calculate([("ATT_PA", [1, 2])]) == ["Yes"]


def test_the_pane_hears_what_to_tell_people(chromium: Any, address: str) -> None:
    with browser.opened(chromium, address) as page:
        heard = page.page.evaluate(
            """async () => {
              const heard = [];
              halfday.onstatus = (text) => heard.push(text);
              await halfday.start();
              return heard;
            }"""
        )
        assert heard[-1] == "The functions are ready."
        assert any(text.startswith("Starting the functions.") for text in heard)


def test_the_bridge_answers_the_pane_as_it_answers_cells(sheet: Sheet) -> None:
    assert sheet.page.evaluate("halfday.call('ATT_PA', [315, 350])") == "Yes"
    calls = [{"name": "ATT_PA", "args": [n, 10]} for n in (9, 10)]
    assert sheet.page.evaluate("calls => halfday.batch(calls)", calls) == ["Yes", "No"]


def test_a_worker_that_breaks_is_started_again_by_the_next_calculation(chromium: Any, address: str) -> None:
    with browser.opened(chromium, address) as page:
        page.ready()
        (worker,) = page.page.workers
        worker.evaluate("() => { setTimeout(() => { throw new Error('gone'); }); }")
        page.page.wait_for_function("halfday.status.startsWith('The functions stopped')")
        assert page.calculate([("ATT_PA", [315, 350])]) == ["Yes"]


def test_cells_that_wait_for_a_start_are_answered_by_the_one_that_replaces_it(chromium: Any, address: str) -> None:
    with browser.opened(chromium, address) as page:
        answers = page.page.evaluate(
            """async () => {
              const first = halfday.ready;
              const cells = excel.calculate([["ATT_PA", [315, 350]]]);
              await new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
              halfday.start();
              await first;
              const later = excel.calculate([["ATT_PA", [316, 350]]]);
              return [...await cells, ...await later];
            }"""
        )
        assert answers == ["Yes", "No"]


def test_cells_that_python_is_working_on_are_asked_again_by_a_new_start(chromium: Any, address: str) -> None:
    with browser.opened(chromium, address) as page:
        page.ready()
        answers = page.page.evaluate(
            """async () => {
              const asked = halfday.call("ATT_PA", [315, 350]);
              await Promise.resolve().then().then().then();
              halfday.start();
              return [await asked, halfday.status];
            }"""
        )
        assert answers == ["Yes", "The functions are ready."]


def test_everybody_who_asks_after_a_worker_broke_waits_for_the_new_one(chromium: Any, address: str) -> None:
    with browser.opened(chromium, address) as page:
        page.ready()
        (worker,) = page.page.workers
        worker.evaluate("() => { setTimeout(() => { throw new Error('gone'); }); }")
        page.page.wait_for_function("halfday.status.startsWith('The functions stopped')")
        both = "Promise.all([halfday.call('ATT_PA', [315, 350]), halfday.call('ATT_PA', [316, 350])])"
        assert page.page.evaluate(both) == ["Yes", "No"]
        assert len(page.page.workers) == 1


def test_the_fault_of_the_start_that_counts_is_told(chromium: Any, broken: Path) -> None:
    next(broken.glob("halfday-*.zip")).unlink()
    with browser.served(broken) as address, browser.opened(chromium, address) as page:
        told = page.page.evaluate(
            """async () => {
              const first = halfday.ready;
              const asked = halfday.call("ATT_PA", [1, 2]).catch((fault) => fault.message);
              halfday.start();
              return [await asked, await first.catch((fault) => fault.message)];
            }"""
        )
        assert all(words.startswith(NOT_STARTED) for words in told)


def test_whoever_opens_the_page_outside_excel_sees_a_page_and_no_fault(chromium: Any, address: str) -> None:
    """That is how IT looks whether the folder is in its place."""
    context = chromium.new_context()
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    empty = "window.Office = { onReady: async (then) => { then?.({ host: null }); return { host: null }; } };"
    context.route(browser.OFFICE_JS, lambda route: route.fulfill(content_type="text/javascript", body=empty))
    page.goto(f"{address}/")
    assert page.evaluate("halfday.ready.then(() => halfday.call('ATT_PA', [315, 350]))") == "Yes"
    assert page.text_content("h1") == "Halfday"
    assert not complaints
    context.close()
