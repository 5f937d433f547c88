"""Profiles by name, a school's own and those that come with Halfday; and how one is read, with all its faults named."""

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from halfday_sync.casework.referral_clock import ClockRule
from halfday_sync.errors import SettingsError
from halfday_sync.referrals.fields import all_fields, shipped
from halfday_sync.referrals.profile import (
    ADVISED,
    EXTRACT,
    NEEDED,
    REASONS,
    REFERRAL,
    SUMMARY,
    Asked,
    Certificate,
    Part,
    Profile,
)

OWN_FOLDER = "referral_profiles"
"""Beside `halfday.toml`: a school's own profiles. One of the same name as ours comes before it."""
_FIELDS = "fields.toml"
_KINDS = (REFERRAL, EXTRACT, SUMMARY)
_WEIGHTS = (NEEDED, ADVISED)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WORDS = "write it in quotes"
_LIST = "write a list of words in quotes, in square brackets"
_SPELLED: Mapping[type, str] = {
    str: _WORDS,
    bool: "write true or false",
    int: "write a whole number",
    date: "write a day as 2026-09-01, without quotes",
    tuple: _LIST,
    list: "write [[part]], and its title and what it asks below it",
    dict: "write a table of its own, a line each",
}
_KEYS: Mapping[str, type] = {
    **dict.fromkeys(("title", "authority", "kind", "source"), str),
    **dict.fromkeys(("form_read", "siblings"), bool),
    "checked": date,
    **dict.fromkeys(("notes", "reasons", "sheets", "attachments", "statements", "signed_by"), tuple),
    **dict.fromkeys(("certificate", "clock", "ready"), dict),
    "part": list,
}
_TABLES: Mapping[str, Mapping[str, type]] = {
    "certificate": {"years": int, "sessions": int, "signed_by": str},
    "clock": {"after": tuple, "working_days": int, "words": str},
}
_PART: Mapping[str, type] = {"title": str, "asked": list}
_ASKED: Mapping[str, type] = {"field": str, "label": str, "weight": str}


def names(beside: Path | None = None) -> tuple[str, ...]:
    """The profiles that there are, a school's own and those that come with Halfday."""
    own = (beside / OWN_FOLDER).glob("*.toml") if beside else ()
    ours = (path for path in shipped().glob("*.toml") if path.name != _FIELDS)
    return tuple(sorted({path.stem for path in (*own, *ours)}))


def find(name_or_file: str, beside: Path | None = None) -> Path:
    """The file of a profile: a school's own, one that comes with Halfday, or a file by its path.

    Args:
        name_or_file: `rotherham`, or the path of a `.toml`, from here or from the school's folder.
        beside: the school's folder, in which `halfday.toml` is.

    Raises:
        SettingsError: there is none.
    """
    folders = (beside / OWN_FOLDER, shipped()) if beside else (shipped(),)
    if name_or_file != Path(_FIELDS).stem:
        for path in (folder / f"{name_or_file}.toml" for folder in folders):
            if path.is_file():
                return path
    if name_or_file.casefold().endswith(".toml"):
        for path in (Path(name_or_file), (beside or Path()) / name_or_file):
            if path.is_file():
                return path
    raise SettingsError(
        f"There is no referral profile {name_or_file!r}.",
        problems=[f"profiles that there are: {', '.join(names(beside))}"],
        now=f"Name one of these, or write your own: {OWN_FOLDER}/NAME.toml beside halfday.toml. "
        "workbook_templates/referrals/README.md says how.",
    )


def load(path: Path) -> Profile:
    """A profile from its file. Whether it makes sense is for `lint` to say.

    Raises:
        SettingsError: it cannot be read, or something in it is not of the right kind; every fault is named.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad of old writes a mark first
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        told = str(fault) if isinstance(fault, tomllib.TOMLDecodeError) else type(fault).__name__
        raise SettingsError(f"The referral profile {path.name} cannot be read as TOML: {told}.", now=_NOW) from fault
    if faults := [*_faults(path.stem, said)]:
        raise SettingsError(f"The referral profile {path.name} has faults.", problems=faults, now=_NOW)
    return _profile(path.stem, said)


_NOW = "Put it right, then run 'halfday refer --lint'. workbook_templates/referrals/README.md says what there is."


def _profile(id_: str, said: Mapping[str, Any]) -> Profile:
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
    own = {key: plain[key] for key, kind in _KEYS.items() if key in plain and kind not in {dict, list}}
    clock = said.get("clock")
    return Profile(
        id=id_,
        **own,
        parts=tuple(Part(part["title"], tuple(map(_asked, part["asked"]))) for part in said.get("part", ())),
        checks=dict(said.get("ready", {})),
        certificate=Certificate(**said.get("certificate", {})),
        clock=ClockRule(**{**clock, "after": tuple(clock.get("after", ()))}) if clock else None,
    )


def _asked(said: str | Mapping[str, str]) -> Asked:
    return Asked(said) if isinstance(said, str) else Asked(**said)


# --- What is wrong with it --------------------------------------------------------------------------------------------


def _faults(id_: str, said: Mapping[str, Any]) -> Iterator[str]:
    if not _NAME.fullmatch(id_):
        yield f"the name of the file: {id_!r}; use small letters, figures and hyphens, such as our-town"
    yield from _of_kind("", said, _KEYS)
    yield from (f"{key}: is missing" for key in ("title", "kind", "sheets") if not said.get(key))
    if said.get("kind") == REFERRAL and not said.get("authority"):
        yield "authority: is missing; write to whom the referral goes"
    yield from _one_of("kind", [said["kind"]] if isinstance(said.get("kind"), str) else [], _KINDS)
    yield from _one_of("reasons", _texts(said.get("reasons")), REASONS)
    for name, keys in _TABLES.items():
        if isinstance(said.get(name), dict):
            yield from _of_kind(f"{name}.", said[name], keys)
    yield from _bounds(said)
    ready = said.get("ready")
    for check, weight in ready.items() if isinstance(ready, dict) else ():
        if weight not in _WEIGHTS:
            yield f"ready.{check}: write {NEEDED!r} or {ADVISED!r}"
    parts = said.get("part")
    for at, part in enumerate(parts if isinstance(parts, list) else (), 1):
        yield from _part_faults(f"part {at}", part)


def _bounds(said: Mapping[str, Any]) -> Iterator[str]:
    """Figures that cannot be."""
    certificate, clock = (said[key] if isinstance(said.get(key), dict) else {} for key in ("certificate", "clock"))
    years, sessions = certificate.get("years", 1), certificate.get("sessions", 0)
    if isinstance(years, int) and years not in {1, 2}:
        yield "certificate.years: write 1 for this school year, 2 for this and the one before"
    if isinstance(sessions, int) and sessions < 0:
        yield "certificate.sessions: write a whole number of sessions, or leave it out"
    days = clock.get("working_days", 1)
    if isinstance(days, int) and not 1 <= days <= 100:
        yield "clock.working_days: write a whole number from 1 to 100"


def _part_faults(place: str, part: object) -> Iterator[str]:
    if not isinstance(part, dict):
        yield f"{place}: {_SPELLED[list]}"
        return
    yield from _of_kind(f"{place}.", part, _PART)
    yield from (f"{place}.{key}: is missing" for key in _PART if not part.get(key))
    asked = part.get("asked")
    for at, one in enumerate(asked if isinstance(asked, list) else (), 1):
        yield from _asked_faults(f"{place}.asked {at}", one)


def _asked_faults(place: str, one: object) -> Iterator[str]:
    if not isinstance(one, str | dict):
        yield f'{place}: write the id of a field in quotes, or {{ field = "…", label = "…", weight = "needed" }}'
        return
    said = {"field": one} if isinstance(one, str) else one
    yield from _of_kind(f"{place}.", said, _ASKED)
    field = said.get("field")
    if not field:
        yield f"{place}.field: is missing"
    elif isinstance(field, str):
        yield from _one_of(place, [field], all_fields(), listed="fields.toml has them all")
    if isinstance(said.get("weight"), str):
        yield from _one_of(f"{place}.weight", [said["weight"]], _WEIGHTS)


def _of_kind(place: str, said: Mapping[str, Any], known: Mapping[str, type]) -> Iterator[str]:
    """Keys that there are not, and values of another kind than theirs."""
    for key, value in said.items():
        if key not in known:
            yield f"{place}{key}: {_unknown(key, known, '')}"
        elif not _is(value, known[key]):
            yield f"{place}{key}: {_LIST if key == 'asked' else _SPELLED[known[key]]}"


def _is(value: object, kind: type) -> bool:
    if kind is tuple:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return type(value) is kind  # true is no whole number, and a moment no day


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _one_of(place: str, said: Collection[str], known: Collection[str], listed: str = "") -> Iterator[str]:
    yield from (f"{place}: {_unknown(one, known, listed)}" for one in said if one not in known)


def _unknown(said: str, known: Collection[str], listed: str) -> str:
    near = difflib.get_close_matches(said, known, 1)
    meant = f"; did you mean {near[0]!r}?" if near else f"; {listed or 'known: ' + ', '.join(known)}"
    return f"there is no {said!r}{meant}"
