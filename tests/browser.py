"""Excel's side of the add-in in a real browser: the folder as it is built, served as it is served, opened in Chromium.

Chromium accepts the server's certificate by its key and no other. Microsoft's office.js is never fetched: a stand-in
takes its place. Every request of a page is kept, so that a test can say where pages reach.
"""

import atexit
import base64
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halfday_sync.addins.officejs.certificate import Certificate, kept
from halfday_sync.addins.officejs.folder import build
from halfday_sync.addins.officejs.pyodide import pin
from halfday_sync.addins.serve import server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

OFFICE_JS = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js"
ADDRESS = "https://localhost:3000"
DATA = Path(__file__).parent / "data"
NOW = datetime.now(UTC)  # noqa: TID251 - Chromium has a clock, and the certificate must be good by it


def chromium_path() -> str | None:
    """Where Chromium is."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing() -> str:
    """What the tests in a browser lack, in words; empty where they can run."""
    lacking = [] if chromium_path() else ["chromium"]
    lacking += [] if find_spec("playwright") else ["playwright (Python)"]
    if not pyodide().exists():
        lacking.append("Pyodide (HALFDAY_PYODIDE names it)")
    return ", ".join(lacking)


def pyodide() -> Path:
    """Pyodide as somebody downloaded it: named by the environment, or kept in the user's cache. Tests fetch nothing."""
    if said := os.environ.get("HALFDAY_PYODIDE"):
        return Path(said)
    at = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return at / "halfday-tests" / f"pyodide-{pin().version}.tgz"


@cache
def built() -> Path:
    """The add-in's folder, built once for all tests; nobody changes it."""
    top = Path(tempfile.mkdtemp(prefix="halfday-addin-"))
    atexit.register(shutil.rmtree, top, ignore_errors=True)
    return build(top / "addin", ADDRESS, pyodide=pyodide()).folder


@cache
def certificate() -> Certificate:
    """One certificate for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="halfday-certificate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return kept(folder, NOW)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on a free port of this computer, over HTTPS; its address."""
    with server(folder, certificate()) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"https://localhost:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()


def _key_digest(pem: Path) -> str:
    """How Chromium is told which key to trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = x509.load_pem_x509_certificate(pem.read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    trusted = f"--ignore-certificate-errors-spki-list={_key_digest(certificate().certificate)}"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox", trusted])
        try:
            yield browser
        finally:
            browser.close()


def stand_in(workbook: str = '{"sheets": {}, "tables": {}, "names": {}}') -> str:
    """What takes the place of office.js: a workbook (as JSON), and Excel as it calls cell functions."""
    scripts = [(DATA / name).read_text(encoding="utf-8") for name in ("taskpane_workbook.js", "fake_office.js")]
    return "\n".join([f"window.WORKBOOK = {workbook};", *scripts])


def packed(cells: Sequence[tuple[str, Any]]) -> tuple[list[str], list[Any]]:
    """The cells for the slow way into the browser: long texts once, and `{"packed": place}` where they belong."""
    places: dict[str, int] = {}

    def pack(value: object) -> object:
        if isinstance(value, str) and len(value) > 60:
            return {"packed": places.setdefault(value, len(places))}
        return [pack(one) for one in value] if isinstance(value, list | tuple) else value

    given = [[name, pack(args)] for name, args in cells]
    return list(places), given


@dataclass
class Sheet:
    """The add-in's page in Chromium, seen from Excel: cells to calculate, and what the page did meanwhile."""

    page: "Page"
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ready(self) -> None:
        """Waits until Python answers."""
        self.page.evaluate("window.halfday.ready")

    def status(self) -> str:
        """What the page tells people of the functions."""
        return str(self.page.evaluate("window.halfday.status"))

    def calculate(self, cells: Sequence[tuple[str, Any]], *, empty: object = "") -> list[Any]:
        """What cells with these functions and arguments show; an error as `{"error": code, "message": words}`."""
        texts, given = packed(cells)
        return list(self.page.evaluate("given => excel.calculate(...given)", [given, texts, empty]))

    def seconds(self, cells: Sequence[tuple[str, Any]]) -> tuple[float, list[Any]]:
        """How long Excel waits until all cells have their values, and the values."""
        texts, given = packed(cells)
        told = self.page.evaluate("given => excel.timed(...given)", [given, texts])
        return float(told["seconds"]), list(told["answers"])

    def batches(self) -> int:
        """How many requests Python has had so far."""
        return int(self.page.evaluate("excel.batches"))

    def elsewhere(self) -> list[str]:
        """The requests that went neither to the folder nor for the stand-in."""
        return [url for url in self.requests if not url.startswith(f"{self.address}/") and url != OFFICE_JS]


@contextmanager
def opened(browser: "Browser", address: str, page: str = "taskpane.html") -> Iterator[Sheet]:
    """The add-in's page, opened as Excel opens it, with nothing kept from earlier."""
    context = browser.new_context()
    try:
        sheet = Sheet(context.new_page(), address)
        context.on("request", lambda request: sheet.requests.append(request.url))
        sheet.page.on("pageerror", lambda fault: sheet.complaints.append(str(fault)))
        sheet.page.on("console", lambda said: _complain(sheet, said.type, said.text))

        def office(route: "Route") -> None:
            route.fulfill(content_type="text/javascript", body=stand_in())

        context.route(OFFICE_JS, office)
        sheet.page.goto(f"{address}/{page}")
        yield sheet
    finally:
        context.close()


def _complain(sheet: Sheet, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        sheet.complaints.append(f"{kind}: {text}")
