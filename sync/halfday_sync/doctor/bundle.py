"""`halfday doctor --bundle`: one file for whoever helps, in which nobody is named.

Every part is made of counts, or goes through `redaction`. A part that cannot be made says so, and no more.
"""

import csv
import io
import json
import platform
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path
from typing import Any

from halfday_sync import logbook
from halfday_sync.config import FILE as SETTINGS
from halfday_sync.config import Config, read
from halfday_sync.doctor import report
from halfday_sync.doctor.finding import Finding, Site
from halfday_sync.doctor.redaction import Redaction, redaction
from halfday_sync.store import Store
from halfday_sync.store.migrations import VERSION
from halfday_sync.whole_file import put_new

LINES = 200
"""So many of the last lines of the log."""
_PUBLIC = frozenset({"kind", "times", "functions"})
"""Settings whose text tells nothing of the school; of others it is told only whether they are there."""
_KINDS = (
    *("worksheets", "tables", "drawings", "charts", "comments", "threadedComments", "persons", "theme", "media"),
    *("printerSettings", "externalLinks", "pivotTables", "pivotCache", "docProps", "customXml", "styles"),
    *("sharedStrings", "workbook", "calcChain", "metadata", "vbaProject"),
)
"""Kinds of parts of a workbook; other names may be somebody's own."""
_README = """\
What is wrong with one installation of Halfday, for whoever helps with it.

It holds: what 'halfday doctor' found, versions, which settings there are, the last lines of the log, when runs were and
how they ended, and counts of the store and the tracker.
It does not hold: names, UPNs, dates of birth, marks, notes, the school's name, file paths, addresses or secrets.
Open it and read it before you send it.
"""


@dataclass(frozen=True)
class _Maker:
    """What the parts are made of."""

    site: Site
    findings: Sequence[Finding]
    clean: Redaction

    @property
    def config(self) -> Config:
        assert self.site.config is not None, "parts of a school are made only where there is one"
        return self.site.config

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The store; its parts are made only where there is one."""
        with self.site.store() as store:
            assert store is not None, "parts of the store are made only where there is one"
            yield store


def write(path: Path, site: Site, findings: Sequence[Finding]) -> list[str]:
    """Writes the file, readable for its owner only; the names of its parts.

    Raises:
        UsageError: there is a file of that name, or it cannot be written there.
    """
    made = parts(site, findings)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.items():
            archive.writestr(name, text)
    put_new(path, held.getvalue())
    return list(made)


def parts(site: Site, findings: Sequence[Finding]) -> dict[str, str]:
    """The files of the bundle, by name."""
    maker = _Maker(site, findings, _clean(site))
    wanted: dict[str, Callable[[_Maker], str]] = {"findings.txt": _findings, "versions.json": _versions}
    if site.config:
        wanted |= {"settings.json": _settings, "log.txt": _log, "workbook.json": _workbook, "policy.json": _policy}
    if site.config and site.config.store.is_file():
        wanted |= {"store.json": _store, "runs.csv": _runs, "snapshots.csv": _snapshots}
    return {"README.txt": _README, **{name: _made(make, maker) for name, make in wanted.items()}}


def _clean(site: Site) -> Redaction:
    try:
        return redaction(site)
    except Exception:  # noqa: BLE001 - a store that cannot be read: nothing that might hold a name goes in (see `_free`)
        return Redaction(())


def _made(make: Callable[[_Maker], str], maker: _Maker) -> str:
    try:
        return make(maker)
    except Exception as fault:  # noqa: BLE001 - the other parts are wanted all the same; its text may hold paths
        return f"could not be made ({type(fault).__name__})\n"


def _free(maker: _Maker, text: str) -> str:
    """Text that people or programs wrote freely: without whom to look for in it, none of it goes in."""
    if maker.site.config and maker.site.config.store.is_file() and not maker.clean.words:
        return "left out: the store cannot be read, so nobody can say whose names are in it"
    return maker.clean.of(text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"


def _findings(maker: _Maker) -> str:
    return "\n".join(_free(maker, line) for line in report.lines(maker.findings, everything=True)) + "\n"


def _versions(maker: _Maker) -> str:
    packages = {one.metadata["Name"]: one.version for one in distributions() if one.metadata["Name"]}
    try:
        halfday = version("halfday")
    except PackageNotFoundError:
        halfday = maker.site.version
    system = {"system": platform.system(), "release": platform.release(), "machine": platform.machine()}
    python = ".".join(map(str, maker.site.machine.python.version))
    return _json({"halfday": halfday, "python": python, **system, "packages": dict(sorted(packages.items()))})


def _settings(maker: _Maker) -> str:
    document = read(maker.config.folder / SETTINGS)
    told = {
        table: {key: _told(key, value) for key, value in rows.items()} if isinstance(rows, dict) else "(set)"
        for table, rows in document.items()
    }
    return _json(told)


def _told(key: str, value: object) -> object:
    """A setting as it may be told: numbers, yes and no, and texts that every school could have."""
    if isinstance(value, bool | int | float) or key in _PUBLIC:
        return value
    if isinstance(value, list | dict):
        return f"({len(value)} set)"
    return "(set)" if value else "(empty)"


def _log(maker: _Maker) -> str:
    lines: list[str] = []
    for path in logbook.files(maker.config.folder):
        if len(lines) < LINES and path.is_file():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES + len(lines) :] + lines
    return "\n".join(_free(maker, line) for line in lines) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerows([head, *rows])
    return held.getvalue()


def _runs(maker: _Maker) -> str:
    with maker.opened() as store:
        rows = store.runs()
    head = ("id", "started", "finished", "as_of", "exit_code", "counts")
    return _table(head, [(r.id, r.started, r.finished, r.as_of, r.exit_code, json.dumps(dict(r.counts))) for r in rows])


_COUNTS = (
    *("id", "recorded_at", "source", "run", "as_of", "complete", "since"),
    *("pupils", "sessions", "marks", "added", "amended"),
)


def _snapshots(maker: _Maker) -> str:
    with maker.opened() as store:
        rows = store.snapshots()
    return _table(_COUNTS, [[_free(maker, str(getattr(row, name))) for name in _COUNTS] for row in rows])


def _store(maker: _Maker) -> str:
    with maker.opened() as store:
        register, calendar = store.register(), store.calendar()
        counts = {
            "schema": VERSION,
            "bytes": maker.config.store.stat().st_size,
            "faults": len(store.broken()),
            "pupils": len(register.pupils),
            "sessions": len(register.sessions),
            "marks": register.count(),
            "amendments": len(store.amendments()),
            "days": dict(Counter(calendar.values())),
            "set aside": len(store.set_aside()),
            "no longer named": len(store.vanished()),
            "pupils with contacts": len(store.carers()),
        }
    return _json(counts)


def _policy(maker: _Maker) -> str:
    from halfday_sync.templates import policy_path, read_policy, school_names  # noqa: PLC0415 - the engine

    policy, findings = read_policy(policy_path(maker.config.policy, maker.config.folder))
    ours = maker.config.policy in school_names()
    return _json(
        {
            "policy": maker.config.policy if ours else "(the school's own)",
            "fingerprint": policy.fingerprint,
            **{name: len(getattr(policy, name)) for name in ("bands", "stages", "triggers")},
            "findings": dict(Counter(str(finding.level) for finding in findings)),
        }
    )


def _workbook(maker: _Maker) -> str:
    """How many of what; names of sheets and columns are people's own."""
    path = maker.config.workbook
    if not path.is_file():
        return _json({"there": False})
    with zipfile.ZipFile(path) as package:
        kinds = Counter(_kind(name) for name in package.namelist())
        sheets = [package.read(name) for name in sorted(package.namelist()) if _kind(name) == "worksheets"]
    rows = [{"rows": sheet.count(b"<row "), "cells": sheet.count(b"<c "), "bytes": len(sheet)} for sheet in sheets]
    return _json({"there": True, "ending": path.suffix, "bytes": path.stat().st_size, "parts": kinds, "sheets": rows})


def _kind(name: str) -> str:
    """The kind of a part of a workbook, by its folder.

    >>> _kind("xl/worksheets/sheet1.xml"), _kind("xl/workbook.xml"), _kind("docProps/core.xml")
    ('worksheets', 'workbook', 'docProps')
    """
    if "_rels/" in name:
        return "links"
    kind = name.removeprefix("xl/").partition("/")[0].partition(".")[0].rstrip("0123456789")
    return kind if kind in _KINDS else "other"
