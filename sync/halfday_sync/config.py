"""`halfday.toml`: where a school's store and workbook are, which policy it uses, and where its marks come from."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from halfday_sync.errors import SettingsError
from halfday_sync.source_kinds import completed, faults

FILE = "halfday.toml"
_KEYS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "school": {
        **dict.fromkeys(("name", "policy", "store", "workbook", "functions", "calendar"), str),
        "rewritten_percent": int,
    },
    "addin": {"address": str, "store": str},
    "watch": {"times": list},
    "letters": {**dict.fromkeys(("contact", "sender", "logo", "templates"), str), "address": list},
    "referrals": dict.fromkeys(("profile", "dfe_number"), str),
    "mirror": {
        **dict.fromkeys(("sheet", "benchmark"), str),
        **dict.fromkeys(("publishing_blocked", "may_copy"), bool),
        "domain": (str, list),
        "tabs": list,
        **dict.fromkeys(("people", "groups", "redact"), dict),
    },
}
_FUNCTIONS = ("office", "libreoffice")
_ADDIN_STORES = ("EXCatalog", "OMEX", "FileSystem", "Registry")
_SUFFIXES = (".xlsx", ".xlsm")
PICTURES = (".png", ".jpg", ".jpeg")
"""How the name of a picture for letters may end."""
LETTERS_EXAMPLE = """
# What letters say of the school. Take away each # and write your own; without this they have dotted lines to fill in.
# [letters]
# contact = "the school office, 01632 960001"    # whom families ring
# sender = "Ms H Example, Headteacher"           # who signs
# address = ["1 Example Road", "Exampleton EX1 1AA"]
# logo = "logo.png"                              # a picture in this folder
# templates = "letter_templates"                 # a folder with your own Word files, and translations
"""
"""How a new settings file begins to speak of letters."""
MIRROR_EXAMPLE = """
# A copy in Google Sheets that SLT reads. 'halfday mirror setup' walks you through it and writes this.
# [mirror]
# sheet = "https://docs.google.com/spreadsheets/d/.../edit"   # an empty sheet that a person made
# domain = "our-school.example"                  # addresses of people must be in it
# [mirror.people]                                # who may see it, and as what
# "head@our-school.example" = "commenter"
"""
"""How a new settings file begins to speak of the Google copy."""
TIMES = ("07:15", "09:30", "13:45")
"""Before school, after the morning registers close, after the afternoon ones; when `[watch]` says nothing."""
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
        letters: what `[letters]` says; `halfday_sync.letters.settings` reads it.
        mirror: what `[mirror]` says; `halfday_sync.mirroring.settings` reads it.
        referrals: what `[referrals]` says: `profile`, the local authority's; `dfe_number`.
        rewritten_percent: where a larger share of a past month's marks would change, a person is asked first.
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
    times: tuple[str, ...] = TIMES
    rewritten_percent: int = 5
    letters: dict[str, Any] = field(default_factory=dict)
    mirror: dict[str, Any] = field(default_factory=dict)
    referrals: dict[str, str] = field(default_factory=dict)


_SPELLED: dict[type | tuple[type, ...], str] = {
    list: "write a list, in square brackets",
    int: "write a whole number",
    str: "write it in quotes",
    bool: "write true or false",
    dict: "write a table of its own, a line each",
    (str, list): "write it in quotes; several in square brackets",
}
_NOW = "Put it right and run this again. Every setting is in sync/README.md."


def _wrong(known: Mapping[str, type | tuple[type, ...]], key: str) -> str:
    if key not in known:
        return f"not a setting; known: {', '.join(known)}"
    return _SPELLED[known[key]]


def load(folder: Path) -> Config:
    """The settings in a folder.

    Raises:
        SettingsError: there is no settings file, or it has faults; every one is named.
    """
    path = folder / FILE
    if not path.is_file():
        raise SettingsError(
            f"There is no {FILE} in {folder}.",
            now="Name the school's folder with --school, set it up with 'halfday init', or try 'halfday demo' first.",
        )
    document = read(path)
    problems = list(faults_of(document))
    if problems:
        raise SettingsError(f"The settings in {path} have faults.", problems=problems, now=_NOW)
    school, addin = document["school"], document.get("addin", {})
    return Config(
        folder=folder,
        school=school["name"],
        policy=school["policy"],
        store=folder / school.get("store", "halfday.db"),
        workbook=folder / school.get("workbook", "tracker.xlsx"),
        functions=school.get("functions", "office"),
        addin_address=addin.get("address", ""),
        addin_store=addin.get("store", "EXCatalog"),
        source=completed(document.get("source", {})),
        calendar=folder / school["calendar"] if school.get("calendar") else None,
        times=tuple(sorted(document.get("watch", {}).get("times", TIMES))),
        rewritten_percent=school.get("rewritten_percent", 5),
        letters=document.get("letters", {}),
        mirror=document.get("mirror", {}),
        referrals=document.get("referrals", {}),
    )


def read(path: Path) -> dict[str, Any]:
    """What a settings file says, faults and all.

    Raises:
        SettingsError: it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad of old writes a mark first
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(
            f"{path} cannot be read as TOML: {fault}.", now=f"Paths are written with /, words in quotes. {_NOW}"
        ) from fault


def faults_of(document: dict[str, Any]) -> Iterator[str]:
    """Everything that is wrong with the settings that a file says, each with its key path."""
    known = (*_KEYS, "source")
    yield from (f"{name}: not a table of settings; known: {', '.join(known)}" for name in document if name not in known)
    said = {name: document.get(name, {}) for name in known}
    yield from (f"{name}: write [{name}], and its settings below it" for name in known if type(said[name]) is not dict)
    tables: dict[str, dict[str, Any]] = {name: rows if type(rows) is dict else {} for name, rows in said.items()}
    for name, settings in _KEYS.items():
        for key, value in tables[name].items():
            if not isinstance(value, settings.get(key, ())):
                yield f"{name}.{key}: {_wrong(settings, key)}"
    yield from (f"school.{key}: is missing" for key in ("name", "policy") if not tables["school"].get(key))
    if tables["source"]:
        yield from faults(tables["source"])
    if not is_times(tables["watch"].get("times", list(TIMES))):
        yield 'watch.times: write times of the day in quotes, for example ["07:15", "09:30"]'
    percent = tables["school"].get("rewritten_percent", 5)
    if isinstance(percent, int) and not 1 <= percent <= 100:
        yield "school.rewritten_percent: write a whole number from 1 to 100"
    yield from _workbook_faults(tables["school"], tables["addin"])
    yield from _letter_faults(tables["letters"])


def is_times(times: object) -> bool:
    """Whether these are times of the day as 07:15, at least one."""
    return (
        isinstance(times, list)
        and bool(times)
        and all(isinstance(time, str) and _TIME.fullmatch(time) is not None for time in times)
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


def _letter_faults(letters: dict[str, Any]) -> Iterator[str]:
    """What is wrong with what letters say of the school."""
    lines = letters.get("address", [])
    if isinstance(lines, list) and not all(isinstance(line, str) for line in lines):
        yield 'letters.address: write each line in quotes, for example ["1 Example Road", "Exampleton EX1 1AA"]'
    if not str(letters.get("logo") or ".png").casefold().endswith(PICTURES):
        yield f"letters.logo: write the name of a picture that ends in {', '.join(PICTURES)}"


def write(folder: Path, school: str, policy: str, source: Mapping[str, str] | None = None) -> Path:
    """A new settings file; one that is there already stays as it is. `halfday init` writes with more care."""
    path = folder / FILE
    lines = [
        "# The settings of Halfday for this school. Paths are relative to this folder.",
        "[school]",
        f"name = {_quoted(school)}",
        f"policy = {_quoted(policy)}",
        'store = "halfday.db"        # keep it on a local disk',
        'workbook = "tracker.xlsx"',
    ]
    lines += f"{LETTERS_EXAMPLE}{MIRROR_EXAMPLE}".rstrip("\n").split("\n")
    if source:
        lines += ["", "[source]", *(f"{key} = {_quoted(value)}" for key, value in source.items())]
    if not path.exists():
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _quoted(text: str) -> str:
    """A text as TOML, which escapes as JSON does, but for one sign."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
