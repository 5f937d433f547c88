"""The doctor on a web host with half of an update, or with rules of its own for what a page may reach."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.doctor_site import ENGINE, ENGINE_NAME, FILES, all_right, asked, probing, script

from halfday_sync.addins.officejs import sources
from halfday_sync.addins.officejs.site import functions_js
from halfday_sync.doctor.finding import Level
from halfday_sync.doctor.machine import Reply

GONE = Reply(404, "text/html", b"")
LEVELS = {"fine": Level.FINE, "note": Level.NOTE, "wrong": Level.WRONG}


def js(body: bytes) -> Reply:
    return Reply(200, "text/javascript", body)


@pytest.mark.parametrize(
    ("changed", "level", "what"),
    [
        ({}, "fine", "of one build"),
        ({"built-files.txt": GONE}, "fine", "of one build"),
        ({"functions.js": Reply(200, "text/html", b"<p>Log in")}, "wrong", "functions.js is not one of a build"),
        ({"functions.js": script(engine="../x.zip")}, "wrong", "functions.js is not one of a build"),
        ({"functions.js": script(pyodide="//elsewhere.example/")}, "wrong", "functions.js is not one of a build"),
        ({ENGINE_NAME: GONE}, "wrong", f"{ENGINE_NAME} is not there"),
        ({ENGINE_NAME: Reply(200, "application/zip", ENGINE[:5])}, "wrong", f"{ENGINE_NAME} is damaged"),
        ({"worker.js": GONE}, "wrong", "worker.js is not there"),
        ({"worker.js": Reply(200, "text/plain", b"")}, "wrong", "worker.js is sent as text/plain"),
        ({"worker.js": js(b"// last term's")}, "wrong", "files of two builds are mixed: worker.js"),
        ({"worker.js": js(b"// worker")}, "fine", "of one build"),
        ({"pyodide-9.9.9/pyodide.js": GONE}, "wrong", "pyodide-9.9.9/pyodide.js is not there"),
        ({"functions.js": script(version="0.0.9")}, "note", "of Halfday 0.0.9, and Halfday here is 0.1.0"),
    ],
)
def test_half_of_an_update_is_found(tmp_path: Path, changed: Mapping[str, Reply], level: str, what: str) -> None:
    found = asked("addin-engine", all_right(tmp_path), probing(files=changed))
    assert (found.level, what in found.what) == (LEVELS[level], True), found
    assert bool(found.now) == (level != "fine")


@pytest.mark.parametrize(
    ("policy", "level", "what"),
    [
        ("default-src 'none'; script-src 'wasm-unsafe-eval'; connect-src 'self'", "fine", "may reach"),
        (None, "note", "sends no Content-Security-Policy with worker.js"),
        ("frame-src 'self'", "note", "sends no Content-Security-Policy with worker.js"),
        ("default-src 'self'", "wrong", "keeps Python from starting"),
        ("connect-src 'self'; script-src 'self'", "wrong", "keeps Python from starting"),
    ],
)
def test_the_workers_own_rule_is_looked_at(tmp_path: Path, policy: str | None, level: str, what: str) -> None:
    headers = {} if policy is None else {"content-security-policy": policy}
    reply = Reply(200, "text/javascript", FILES["worker.js"].body, headers)
    found = asked("addin-policy", all_right(tmp_path), probing(files={"worker.js": reply}))
    assert (found.level, what in found.what) == (LEVELS[level], True), found
    assert ("READ-ME.txt" in found.now) == (level != "fine")


def test_the_script_that_the_build_writes_is_understood(tmp_path: Path) -> None:
    """The names are read from its text: this fails where engine.js says them in another way."""
    real = functions_js({"version": "0.1.0", "engine": ENGINE_NAME, "pyodide": "pyodide-9.9.9/"})
    changed = {"functions.js": js(real.encode()), "built-files.txt": GONE}
    assert asked("addin-engine", all_right(tmp_path), probing(files=changed)).level is Level.FINE
    assert "worker.js" in sources.published()
