"""`halfday.toml`: where a school's store and workbook are, which policy it uses, and where its marks come from."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from halfday_sync.errors import SettingsError
from halfday_sync.source_kinds import completed, faults

FILE = "halfday.toml"
_KEYS: dict[str, dict[str, type]] = {
    "school": {"name": str, "policy": str, "store": str, "workbook": str, "functions": str, "calendar": str},
    "watch": {"times": list},
    "addin": {"address": str, "store": str},
}
_FUNCTIONS = ("office", "libreoffice")
_ADDIN_STORES = ("EXCatalog", "OMEX", "FileSystem", "Registry")
_SUFFIXES = (".xlsx", ".xlsm")
_TIMES = ("07:15", "09:30", "13:45")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Config:
    """The settings of one school; paths are absolute.

    Attributes:
        functions: for whom an `.xlsx` names its cell functions: `office` or `libreoffice`.
        addin_address: where the Office.js add-in is served from; empty where it is not.
        addin_store: where Excel finds the add-in's manifest.
        source: what `[source]` says, completed (`source_kinds`); empty where marks come in by `halfday import` only.
        calendar: a file that says what kind of day each date is; it comes before what the source says.
        times: when `halfday watch` runs on a school day, as 07:15.
    """

    folder: Path
    school: str
    policy: str
    store: Path
    workbook: Path
    functions: str = "office"
    addin_address: str = ""
    addin_store: str = "EXCatalog"
    source: dict[str, Any] = field(default_factory=dict)
    calendar: Path | None = None
    times: tuple[str, ...] = _TIMES


_NOW = "Put it right and run this again. Every setting is in sync/README.md."


def _wrong(known: dict[str, type], key: str) -> str:
    if key not in known:
        return f"not a setting; known: {', '.join(known)}"
    return "write a list, in square brackets" if known[key] is list else "write it in quotes"


def load(folder: Path) -> Config:
    """The settings in a folder.

    Raises:
        SettingsError: there is no settings file, or it has faults; every one is named.
    """
    path = folder / FILE
    if not path.is_file():
        raise SettingsError(
            f"There is no {FILE} in {folder}.",
            now="Name the school's folder with --school, or try 'halfday demo' first.",
        )
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad of old writes a mark first
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(
            f"{path} cannot be read as TOML: {fault}.", now=f"Paths are written with /, words in quotes. {_NOW}"
        ) from fault
    problems = [
        f"{table}: not a table of settings; known: {', '.join([*_KEYS, 'source'])}"
        for table in document
        if table not in {*_KEYS, "source"}
    ]
    for table, known in _KEYS.items():
        rows = document.setdefault(table, {})
        if not isinstance(rows, dict):
            problems.append(f"{table}: write [{table}], and its settings below it")
            document[table] = {}
            continue
        problems += [
            f"{table}.{key}: {_wrong(known, key)}" for key in rows if not isinstance(rows[key], known.get(key, ()))
        ]
    school = document.get("school", {})
    problems += [f"school.{key}: is missing" for key in ("name", "policy") if not school.get(key)]
    source = document.get("source", {})
    if not isinstance(source, dict):
        problems.append("source: write [source], and its settings below it")
        source = {}
    if source:
        problems += faults(source)
    times = document["watch"].get("times", list(_TIMES))
    if not times or not all(isinstance(time, str) and _TIME.fullmatch(time) for time in times):
        problems.append('watch.times: write times of the day in quotes, for example ["07:15", "09:30"]')
    problems += _workbook_faults(school, document["addin"])
    if problems:
        raise SettingsError(f"The settings in {path} have faults.", problems=problems, now=_NOW)
    return Config(
        folder=folder,
        school=school["name"],
        policy=school["policy"],
        store=folder / school.get("store", "halfday.db"),
        workbook=folder / school.get("workbook", "tracker.xlsx"),
        functions=school.get("functions", "office"),
        addin_address=document["addin"].get("address", ""),
        addin_store=document["addin"].get("store", "EXCatalog"),
        source=completed(source),
        calendar=folder / school["calendar"] if school.get("calendar") else None,
        times=tuple(sorted(times)),
    )


def _workbook_faults(school: dict[str, Any], addin: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the settings of the workbook and of its cell functions."""
    workbook, functions = str(school.get("workbook", "tracker.xlsx")), str(school.get("functions", "office"))
    for key in ("workbook", "store"):
        if str(school.get(key, "")).casefold().startswith(("https://", "http://")):
            yield (
                f"school.{key}: is a web address; write the path of the file in the folder that OneDrive or SharePoint "
                "keeps on this computer (in the Explorer: right-click, 'Always keep on this device')"
            )
    if not workbook.endswith(_SUFFIXES):
        yield "school.workbook: write a name that ends in .xlsx, or in .xlsm for Excel on Windows with macros"
    if functions not in _FUNCTIONS:
        yield f"school.functions: write one of {', '.join(_FUNCTIONS)}"
    if functions == "libreoffice" and workbook.endswith(".xlsm"):
        yield "school.functions: LibreOffice takes an .xlsx; write such a name for school.workbook, or leave this out"
    if not str(addin.get("address", "https://")).startswith("https://"):
        yield "addin.address: write an address that begins with https://, since Excel takes no other"
    if str(addin.get("store", "EXCatalog")) not in _ADDIN_STORES:
        yield f"addin.store: write one of {', '.join(_ADDIN_STORES)}"


def write(folder: Path, school: str, policy: str, source: dict[str, str] | None = None) -> Path:
    """A new settings file; one that is there already stays as it is."""
    path = folder / FILE
    lines = [
        "# The settings of Halfday for this school. Paths are relative to this folder.",
        "[school]",
        f'name = "{school}"',
        f'policy = "{policy}"',
        'store = "halfday.db"        # keep it on a local disk',
        'workbook = "tracker.xlsx"',
    ]
    if source:
        lines += ["", "[source]", *(f'{key} = "{value}"' for key, value in source.items())]
    if not path.exists():
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
