"""What the tests share: golden files; tests whose programs or files are not there are left out, loudly."""

import copy
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests import browser, excel_files, google_recordings, libreoffice, openxml_sdk, systemd_manager
from tests.exports import Run
from tests.network_guard import GUARD

from halfday_sync import cli

if TYPE_CHECKING:
    from tests.mirror_desk import Kept
    from tests.pane import Pane, Workbook

pytest.register_assert_rewrite("tests.google_facts")

GOLDEN = Path(__file__).parent / "golden"
LIBREOFFICE = ("soffice", "pdftoppm")
_INSTALLED = " (.ci/run installs it)"
_REMEDY = {"excel_files": "", "recordings": "", "systemd": ""}
"""What .ci/run cannot install: it is nobody's to hand out, or the machine's own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files; then read the diff")


@cache
def _missing() -> dict[str, str]:
    """What is not installed, by the marker of the tests that need it; empty words where all is there."""
    office = [name for name in LIBREOFFICE if shutil.which(name) is None]
    office += [] if office or libreoffice.has_uno() else ["python3-uno"]
    unoidl = "" if libreoffice.UNOIDL_WRITE.is_file() else "unoidl-write"
    return {
        "libreoffice": ", ".join(office),
        "unoidl": unoidl,
        "browser": browser.missing(),
        "sdk": openxml_sdk.missing(),
        "excel_files": excel_files.missing(),
        "recordings": google_recordings.missing(),
        "systemd": systemd_manager.missing(),
    }


def pytest_report_header() -> list[str]:
    return [
        f"{marker}: {missing} not found, so the tests that need it are left out{_REMEDY.get(marker, _INSTALLED)}"
        if missing
        else f"{marker}: found"
        for marker, missing in _missing().items()
    ]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    lacking = {marker: missing for marker, missing in _missing().items() if missing}
    needing = [item for item in items if any(item.get_closest_marker(marker) for marker in lacking)]
    must = [missing for marker, missing in lacking.items() if _REMEDY.get(marker, _INSTALLED) == _INSTALLED]
    if needing and must and os.environ.get("CI") == "true":
        raise pytest.UsageError(f"in CI nothing is left out, but {', '.join(must)} is not installed")
    if needing:
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]


@pytest.fixture(autouse=True)
def nothing_leaves_this_computer() -> Iterator[None]:
    """Fails a test in which anything, in whatever thread, tried to reach another computer."""
    yield
    told = GUARD.told()
    assert not told, told


@pytest.fixture(autouse=True, scope="session")
def nothing_left_this_computer() -> Iterator[None]:
    """The same for what happened after the last test."""
    yield
    told = GUARD.told()
    assert not told, told


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with `tests/golden/<name>.txt`, or writes it with `--update-golden`."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, f"{path.name} differs; see --update-golden"

    return check


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command; gives its exit code, output and errors."""

    def command(*words: object) -> tuple[int, str, str]:
        code = cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration with forty pupils; tests copy it before they change it."""
    folder = tmp_path_factory.mktemp("made") / "demo"
    assert cli.main(["demo", "--into", str(folder), "--pupils", "40"]) == 0
    return folder


@pytest.fixture
def school(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "school"))


@pytest.fixture
def new_school(tmp_path: Path) -> Path:
    (tmp_path / "halfday.toml").write_text('[school]\nname = "New"\npolicy = "wath-central"\n', encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def referral_school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The school of `tests.referral_school`; tests copy it before they change it."""
    from tests.referral_school import opened

    return opened(tmp_path_factory.mktemp("oak") / "oak").folder


@pytest.fixture(scope="session")
def answered_school(referral_school: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, in which everything that its own form needs is answered."""
    from tests.referral_school import copy_of

    found = copy_of(referral_school, tmp_path_factory.mktemp("answered") / "oak")
    found.ready()
    return found.folder


@pytest.fixture(scope="module")
def kept_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Kept"]:
    """A school whose Google copy its first run filled in; each test is given it back as it was (`Kept.back`)."""
    from tests.mirror_desk import kept  # only these tests need a made-up Google

    with kept(tmp_path_factory.mktemp("oak")) as found:
        yield found


@pytest.fixture(scope="module")
def panes() -> Iterator["Pane"]:
    """The task pane in Chromium, over a workbook in Excel's place."""
    from tests import pane  # only the tests in a browser need playwright

    with pane.panes() as opened:
        yield opened


@pytest.fixture(scope="module")
def tracker_of_the_pane(made: Path) -> "Workbook":
    from tests import pane

    return pane.workbook_json(made / "tracker.xlsx")


@pytest.fixture
def workbook(tracker_of_the_pane: "Workbook", panes: "Pane") -> Iterator["Workbook"]:
    """The demonstration's tracker, for one test; afterwards the pane must have nothing to complain of."""
    yield copy.deepcopy(tracker_of_the_pane)
    panes.close()
    faults, panes.faults = panes.faults, []  # a fault is told once, by the test in which it happened
    assert faults == []
