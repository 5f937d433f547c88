"""Whether the add-in for Excel 365 is where `halfday.toml` says: reachable, trusted, whole, and ours.

Excel wants HTTPS with a certificate that the computer trusts, JSON and WebAssembly with their own MIME types (a
browser refuses to compile a `.wasm` that is sent as anything but `application/wasm` while it streams), and no page to
log in to in between. These, and three pages of Google where the school has a copy there (`google`), are the only
addresses that the doctor asks, and of large files it reads no more than the beginning.

A folder that was copied in part has files of two builds. `functions.js` names the engine's archive, whose name holds
the beginning of its SHA-256; `built-files.txt` has the SHA-256 of the others.
"""

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from halfday_sync.addins.officejs.listing import LIST, is_same, listed
from halfday_sync.doctor.finding import Check, Found, Group, Site, fine, note, wrong
from halfday_sync.doctor.machine import CertificateRefusedError, Reply

MANIFEST, PANE, FUNCTIONS, SCRIPT = "manifest.xml", "taskpane.html", "functions.json", "functions.js"
_BUILD = re.compile(r"^window\.halfdayBuild = (\{.*\});$", re.MULTILINE)
_WORKER = re.compile(r'new Worker\(under\("([\w.-]+)"\)\)')
_ENGINE = re.compile(r"halfday-([0-9a-f]{12})\.zip")
_PYODIDE = re.compile(r"pyodide-[\w.]+/")
_SCRIPTS = {"text/javascript", "application/javascript", "application/x-javascript"}
_WHOLE, _BEGINNING = 2_000_000, 64
_OFFICE = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
_HOST = "Ask whoever looks after the web host"
_AGAIN = "Build it again (halfday addin build FOLDER --address …) and put the whole folder there."


@dataclass(frozen=True)
class AddIn:
    """What is ours: the manifest's fixed id and version, the functions, and where Python's WebAssembly is."""

    id: str
    version: str
    functions: frozenset[str]
    wasm: str


def address(site: Site) -> str:
    """Where the settings say the add-in is; empty where they do not."""
    return site.config.addin_address.rstrip("/") if site.config else ""


def where_it_is_set(site: Site) -> str:
    """Why the checks of the add-in's address do not apply."""
    return "" if address(site) else "not needed, since halfday.toml has no address of an Excel 365 add-in"


def _get(site: Site, name: str, most: int) -> Reply:
    """One file of the add-in, or an answer that says what is wrong with it."""
    place = address(site)
    if urlsplit(place).scheme != "https":
        raise Refused(
            wrong("the address does not begin with https", "Put the https address of the folder in halfday.toml.")
        )
    try:
        reply = site.machine.probes.web(f"{place}/{name}", most)
    except CertificateRefusedError as fault:
        raise Refused(
            wrong(
                "the certificate is not trusted here",
                f"{_HOST} for a certificate of this name from an authority that all computers trust.",
            )
        ) from fault
    except OSError as fault:
        raise Refused(
            wrong(
                f"it cannot be reached ({type(fault).__name__})",
                "Open the address in a browser here. If it opens, ask about the proxy; if not, about the host.",
            )
        ) from fault
    if reply.status in range(300, 400) or reply.status in (401, 403):
        raise Refused(
            wrong(f"the host answers {reply.status}", f"{_HOST} to serve the folder without a page to log in to.")
        )
    if reply.status != 200:
        raise Refused(wrong(f"{name} is not there (the host answers {reply.status})", _AGAIN))
    return reply


class Refused(Exception):  # noqa: N818 - it carries an answer, not a fault
    """The file could not be had; `found` says why."""

    def __init__(self, found: Found) -> None:
        self.found = found
        super().__init__(found.what)


def _answering(look: Callable[[Site], Found]) -> Callable[[Site], Found]:
    """A check whose answer may be that the file could not be had."""

    def asked(site: Site) -> Found:
        try:
            return look(site)
        except Refused as refused:
            return refused.found

    return asked


def _manifest(site: Site, addin: AddIn) -> Found:
    reply = _get(site, MANIFEST, _WHOLE)
    try:
        root = ET.fromstring(reply.body)  # noqa: S314 - Python's expat neither fetches entities nor grows without bound
    except ET.ParseError:
        return wrong("what is there is not a manifest", _AGAIN)
    found = (root.findtext(f"{_OFFICE}Id") or "").strip().strip("{}")
    if found.casefold() != addin.id.casefold():
        return wrong("the manifest is of another add-in", f"Look at the address in halfday.toml. {_AGAIN}")
    version = (root.findtext(f"{_OFFICE}Version") or "").strip()
    if version != addin.version:
        return note(f"version {version} is there, and Halfday here is {addin.version}", _AGAIN)
    return fine(f"version {version}, over HTTPS")


def _pane(site: Site) -> Found:
    reply = _get(site, PANE, _BEGINNING)
    if reply.kind != "text/html":
        return wrong(f"the pane is sent as {reply.kind or 'nothing'}", f"{_HOST} to send .html files as text/html.")
    if "x-frame-options" in reply.headers or "frame-ancestors" in reply.headers.get("content-security-policy", ""):
        return wrong(
            "the host forbids other pages to show it",
            f"{_HOST} to leave out X-Frame-Options and frame-ancestors here: Excel on the web shows it in a frame.",
        )
    return fine("its page is there")


def _functions(site: Site, addin: AddIn) -> Found:
    reply = _get(site, FUNCTIONS, _WHOLE)
    if reply.kind != "application/json":
        return wrong(
            f"functions.json is sent as {reply.kind or 'nothing'}", f"{_HOST} to send .json files as application/json."
        )
    if reply.headers.get("access-control-allow-origin") != "*":
        return wrong(
            "Excel on the web may not read functions.json",
            f"{_HOST} to send 'Access-Control-Allow-Origin: *' with functions.json.",
        )
    try:
        names = {str(row["name"]) for row in json.loads(reply.body)["functions"]}
    except (ValueError, KeyError, TypeError):
        return wrong("functions.json cannot be read", _AGAIN)
    missing = sorted(addin.functions - names)
    if missing:
        return wrong(f"it is of an older Halfday, without {', '.join(missing)}", _AGAIN)
    return fine(f"{len(names)} functions")


def _wasm(site: Site, addin: AddIn) -> Found:
    reply = _get(site, addin.wasm, _BEGINNING)
    if reply.kind != "application/wasm":
        return wrong(
            f".wasm files are sent as {reply.kind or 'nothing'}", f"{_HOST} to send .wasm as application/wasm."
        )
    if not reply.body.startswith(b"\0asm"):
        return wrong("what is there is not WebAssembly", _AGAIN)
    return fine("sent as application/wasm")


@dataclass(frozen=True)
class Script:
    """What `functions.js` says of the build that it is of: the version, and the names of the files that it loads."""

    version: str
    engine: str
    pyodide: str
    worker: str


def _script(site: Site) -> Script:
    text = _get(site, SCRIPT, _WHOLE).body.decode("utf-8", errors="replace")
    build, worker = _BUILD.search(text), _WORKER.search(text)
    try:
        said = json.loads(build[1]) if build else {}
        found = Script(said["version"], said["engine"], said["pyodide"], worker[1] if worker else "")
        is_ours = found.worker and _ENGINE.fullmatch(found.engine) and _PYODIDE.fullmatch(found.pyodide)
    except (ValueError, KeyError, TypeError):
        is_ours = None
    if not is_ours:
        raise Refused(wrong(f"{SCRIPT} is not one of a build", _AGAIN))
    return found


def _engine(site: Site) -> Found:
    """Whether what the page loads is there, and all of one build."""
    script = _script(site)
    engine = _get(site, script.engine, _WHOLE)
    named = _ENGINE.fullmatch(script.engine)
    if named is None or not hashlib.sha256(engine.body).hexdigest().startswith(named[1]):
        return wrong(f"{script.engine} is damaged", _AGAIN)
    worker = _get(site, script.worker, _WHOLE)
    if worker.kind not in _SCRIPTS:
        return wrong(
            f"{script.worker} is sent as {worker.kind or 'nothing'}", f"{_HOST} to send .js files as text/javascript."
        )
    _get(site, f"{script.pyodide}pyodide.js", _BEGINNING)
    if script.version != site.version:
        return note(f"they are of Halfday {script.version}, and Halfday here is {site.version}", _AGAIN)
    if mixed := _of_another_build(site, script.worker):
        return wrong(f"files of two builds are mixed: {', '.join(mixed)}", _AGAIN)
    return fine("all that the page loads is there, of one build")


def _of_another_build(site: Site, worker: str) -> list[str]:
    """The small files that are not those of the host's own list; none where it shows no list."""
    try:
        sums = listed(_get(site, LIST, _WHOLE).body.decode("utf-8", errors="replace"))
    except Refused:  # some hosts do not hand out text files
        return []
    names = (name for name in (MANIFEST, FUNCTIONS, SCRIPT, worker) if name in sums)
    return [name for name in names if not is_same(_get(site, name, _WHOLE).body, sums[name])]


def _policy(site: Site) -> Found:
    """Whether the host sends the worker's rule about what Python may reach: it has none but that of its own reply."""
    script = _script(site)
    said = _get(site, script.worker, _BEGINNING).headers.get("content-security-policy", "")
    rules = {words[0]: words[1:] for part in said.lower().split(";") if (words := part.split())}
    code = rules.get("script-src", rules.get("default-src"))
    if code is not None and not {"'wasm-unsafe-eval'", "'unsafe-eval'"} & {*code}:
        return wrong("the host's rule keeps Python from starting", f"{_HOST} to send the rule in READ-ME.txt instead.")
    if not {"connect-src", "default-src"} & rules.keys():
        return note(
            f"the host sends no Content-Security-Policy with {script.worker}, so no rule of the browser stands behind "
            "Halfday's own",
            f"{_HOST} to send the header that stands in the folder's READ-ME.txt.",
        )
    return fine("the host says what the page and Python may reach")


def website(addin: AddIn) -> Group:
    """The checks of the add-in's address."""
    return Group(
        "Excel 365 add-in",
        (
            Check(
                "addin-manifest",
                "Manifest",
                "Excel reads it to know the add-in",
                _answering(lambda site: _manifest(site, addin)),
                need=where_it_is_set,
            ),
            Check(
                "addin-pane",
                "Task pane",
                "staff see this page beside the tracker",
                _answering(_pane),
                need=where_it_is_set,
            ),
            Check(
                "addin-functions",
                "Functions",
                "cells know the functions by this list",
                _answering(lambda site: _functions(site, addin)),
                need=where_it_is_set,
            ),
            Check(
                "addin-wasm",
                "Python in the page",
                "the functions run in it, on the computer of whoever opens the tracker",
                _answering(lambda site: _wasm(site, addin)),
                need=where_it_is_set,
            ),
            Check(
                "addin-engine",
                "Engine and worker",
                "half of an update leaves cells without answers",
                _answering(_engine),
                need=where_it_is_set,
            ),
            Check(
                "addin-policy",
                "Where Python may reach",
                "the browser then keeps pupil data in the page, whatever happens in it",
                _answering(_policy),
                need=where_it_is_set,
            ),
        ),
    )
