"""A computer and a school for the tests of the doctor, in which everything is right; a test changes one thing."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlwings

from halfday.register import Pupil, Register
from halfday_sync.config import Config
from halfday_sync.doctor.agent import agent
from halfday_sync.doctor.finding import Check, Finding, Group, Site, examine
from halfday_sync.doctor.health import SOURCE
from halfday_sync.doctor.interpreter import PYTHON
from halfday_sync.doctor.libreoffice import LIBREOFFICE
from halfday_sync.doctor.machine import Interpreter, Machine, Reply
from halfday_sync.doctor.server import RUN, SERVER
from halfday_sync.doctor.trust import TRUST
from halfday_sync.doctor.watching import watching
from halfday_sync.doctor.website import AddIn, website
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store

NOW = datetime(2025, 12, 5, 8, 0, tzinfo=UTC)
XLWINGS = "0.37.8"
ADDIN = AddIn("3093f426-0000-0000-0000-000000000000", "1.0.1.0", frozenset({"ATT_BAND", "ATT_WHY"}), "python/a.wasm")
ENVIRONMENT = r"HKCU\Environment"
PLACES = r"HKCU\Software\Microsoft\Office\16.0\Excel\Security\Trusted Locations"
MANIFEST = (
    '<OfficeApp xmlns="http://schemas.microsoft.com/office/appforoffice/1.1">'
    f"<Id>{ADDIN.id}</Id><Version>{ADDIN.version}</Version></OfficeApp>"
).encode()
ENGINE = b"an archive"
ENGINE_NAME = f"halfday-{hashlib.sha256(ENGINE).hexdigest()[:12]}.zip"
POLICY = {"content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"}


def script(**said: str) -> Reply:
    """A `functions.js` as the build writes it, in little."""
    about = {"version": "0.1.0", "engine": ENGINE_NAME, "pyodide": "pyodide-9.9.9/", **said}
    text = f'window.halfdayBuild = {json.dumps(about)};\nconst mine = new Worker(under("worker.js"));\n'
    return Reply(200, "text/javascript", text.encode())


FILES = {
    "manifest.xml": Reply(200, "application/xml", MANIFEST),
    "functions.json": Reply(
        200,
        "application/json",
        b'{"functions": [{"name": "ATT_BAND"}, {"name": "ATT_WHY"}]}',
        {"access-control-allow-origin": "*"},
    ),
    "taskpane.html": Reply(200, "text/html", b"<!doctype html>"),
    "python/a.wasm": Reply(200, "application/wasm", b"\0asm\1\0\0\0"),
    "functions.js": script(),
    "worker.js": Reply(200, "text/javascript", b"// worker", POLICY),
    ENGINE_NAME: Reply(200, "application/zip", ENGINE),
    "pyodide-9.9.9/pyodide.js": Reply(200, "text/javascript", b"// js"),
}
FILES["built-files.txt"] = Reply(
    200,
    "text/plain",
    "".join(f"{hashlib.sha256(reply.body).hexdigest()}  {name}\n" for name, reply in FILES.items()).encode(),
)
DESCRIPTION = (
    '<description xmlns="http://openoffice.org/extensions/description/2006">'
    '<identifier value="org.halfday.addin"/><version value="{}"/></description>'
)


@dataclass(frozen=True)
class Stand:
    """Answers by hand. A question named in `broken` cannot be answered."""

    keys: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    files: Mapping[str, Reply | Exception] = field(default_factory=lambda: FILES)
    packages: Mapping[str, str] = field(default_factory=lambda: {"xlwings": XLWINGS, "pywin32": "311"})
    programs: Mapping[str, str] = field(default_factory=dict)
    server: bool = True
    mark: str = ""
    said: str = "Python 3.12.4"
    space: int = 50_000_000_000
    refused: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()

    def _asked(self, question: str) -> None:
        if question in self.broken or "all" in self.broken:
            raise PermissionError(13, "somebody's secret path")

    def installed(self, package: str) -> str:
        self._asked("installed")
        return self.packages.get(package, "")

    def registry(self, key: str) -> Mapping[str, object] | None:
        self._asked("registry")
        return next((row for name, row in self.keys.items() if name.casefold() == key.casefold()), None)

    def subkeys(self, key: str) -> tuple[str, ...]:
        self._asked("registry")
        top = key.casefold() + "\\"
        return tuple(name[len(top) :] for name in self.keys if name.casefold().startswith(top))

    def com_server(self, clsid: str) -> bool:
        self._asked("com_server")
        assert clsid == "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
        return self.server

    def zone(self, path: Path) -> str:
        self._asked("zone")
        assert path.suffix == ".xlsm"
        return self.mark

    def web(self, address: str, most: int) -> Reply:
        if "web" in self.broken or "all" in self.broken:
            raise RuntimeError("not a fault of the network")
        found = self.files.get(address.removeprefix("https://halfday.school.example/"), Reply(404, "text/html", b""))
        if isinstance(found, Exception):
            raise found
        return replace(found, body=found.body[:most])

    def which(self, program: str) -> str:
        return self.programs.get(program, "")

    def output(self, command: Sequence[str]) -> str:
        self._asked("output")
        assert command[-1] == "--version"
        return self.said

    def free(self, folder: Path) -> int:
        self._asked("free")
        assert folder.is_dir()
        return self.space

    def writable(self, path: Path) -> bool:
        self._asked("writable")
        return path.name not in self.refused


def fine_line(_config: Config) -> Iterator[str]:
    yield "as it should be"


SCHOOL = (agent(fine_line, fine_line, fine_line), SOURCE, watching(lambda: True))
GROUPS = (PYTHON, SERVER, TRUST, website(ADDIN), LIBREOFFICE, *SCHOOL)
CHECKS = {check.id: check for group in GROUPS for check in group.checks}

Change = Callable[[Site], Site]


def all_right(folder: Path) -> Site:
    """A Windows computer and its school, with a tracker with macros, an Excel 365 add-in and LibreOffice."""
    school = folder / "school"
    school.mkdir()
    shutil.copy(Path(xlwings.__file__).parent / "quickstart_standalone.xlsm", school / "tracker.xlsm")
    python = folder / "python" / "Scripts"
    python.mkdir(parents=True)
    (python / "pythonw.exe").touch()
    (python.parent / f"xlwings64-{XLWINGS}.dll").touch()
    programs = folder / "libreoffice" / "program"
    (programs / "python-core-3.12.4").mkdir(parents=True)
    install(folder, "0.1.0")
    with Store.open(school / "halfday.db") as store:
        run = store.start_run(started=NOW, as_of=NOW.date())
        store.acknowledge(Snapshot((Pupil("P1"),), Register()), recorded_at=NOW, source="wonde")
        store.finish_run(run, finished=NOW, exit_code=0, counts={})
    machine = Machine(
        system="Windows",
        python=Interpreter((3, 12, 4), 64, r"C:\Halfday\Scripts\python.exe", python.parent),
        environment={"USERPROFILE": str(folder), "APPDATA": str(folder / "AppData")},
        home=folder,
        now=NOW,
        probes=Stand(
            keys={
                RUN: {"halfday": r'"C:\Halfday\Scripts\pythonw.exe" -m halfday_sync addin desktop serve'},
                ENVIRONMENT: {"halfday_python": str(python / "pythonw.exe")},
                PLACES + r"\Location9": {"path": "%USERPROFILE%\\school", "allowsubfolders": 0},
            },
            programs={"soffice": str(programs / "soffice.exe")},
        ),
    )
    config = Config(
        school,
        "Ours",
        "rivington",
        school / "halfday.db",
        school / "tracker.xlsm",
        addin_address="https://halfday.school.example/",
    )
    return Site(machine, "0.1.0", config)


def install(folder: Path, version: str) -> None:
    """Our extension in LibreOffice, as LibreOffice unpacks it."""
    unpacked = folder / "AppData/LibreOffice/4/user/uno_packages/cache/uno_packages/lu1.tmp_/halfday.oxt"
    unpacked.mkdir(parents=True, exist_ok=True)
    (unpacked / "description.xml").write_text(DESCRIPTION.format(version), encoding="utf-8")


def probing(**answers: Any) -> Change:
    """The same computer with other answers."""

    def change(site: Site) -> Site:
        probes = site.machine.probes
        assert isinstance(probes, Stand)
        if isinstance(answers.get("keys"), Mapping):
            answers["keys"] = {**probes.keys, **answers["keys"]}
        if isinstance(answers.get("files"), Mapping):
            answers["files"] = {**probes.files, **answers["files"]}
        return replace(site, machine=replace(site.machine, probes=replace(probes, **answers)))

    return change


def without(*keys: str) -> Change:
    """The same computer without some keys of the registry."""

    def change(site: Site) -> Site:
        probes = site.machine.probes
        assert isinstance(probes, Stand)
        left = {name: row for name, row in probes.keys.items() if not name.startswith(keys)}
        return replace(site, machine=replace(site.machine, probes=replace(probes, keys=left)))

    return change


def on(**facts: Any) -> Change:
    """The same school on another computer."""
    return lambda site: replace(site, machine=replace(site.machine, **facts))


def set_up(**settings: Any) -> Change:
    """The same computer with other settings of the school."""

    def change(site: Site) -> Site:
        assert site.config is not None
        return replace(site, config=replace(site.config, **settings))

    return change


def asked(check: str, site: Site, *changes: Change) -> Finding:
    """The answer of one check, after some changes."""
    for change in changes:
        site = change(site)
    group = Group("one", (find(check),))
    return examine([group], site)[0]


def find(check: str) -> Check:
    return CHECKS[check]
