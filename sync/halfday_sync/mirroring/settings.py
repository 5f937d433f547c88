"""What `[mirror]` of a school's settings says of the Google copy: which sheet, for whom, and what stands on it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from halfday_sync.errors import SettingsError
from halfday_sync.mirroring.benchmarks import places
from halfday_sync.mirroring.design import INITIAL, RULES, SHOW, Design, Tab, design, never_keys
from halfday_sync.sheets.model import SLT, STAMP_PAGE
from halfday_sync.sheets.sharing import ROLES

NAMES = "names"
"""In `[mirror.redact]`: one rule for the names of children on every tab."""
_LINK = re.compile(r"https://docs\.google\.com/spreadsheets/d/([\w-]{20,})(?:[/?#].*)?")
_ID = re.compile(r"[\w-]{20,}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_SPELLED: dict[str, tuple[type | tuple[type, ...], str]] = {
    "sheet": (str, "write the address of the sheet in quotes"),
    "domain": ((str, list), 'write the part of the addresses after the @, in quotes: "our-school.example"'),
    "tabs": (list, "write the tabs in square brackets"),
    "publishing_blocked": (bool, "write true or false"),
    "may_copy": (bool, "write true or false"),
    "benchmark": (str, 'write a place and a phase in quotes: "England, primary"'),
    "people": (dict, "write [mirror.people] and below it a line for each person"),
    "groups": (dict, "write [mirror.groups] and below it a line for each group"),
    "redact": (dict, "write [mirror.redact] and below it a line for each column"),
}


@dataclass(frozen=True, slots=True)
class MirrorSettings:
    """What a school says of its copy.

    Attributes:
        sheet: the ID of the spreadsheet; empty: there is no copy.
        domains: addresses of people and groups are in one of these.
        tabs: which tabs there are; none named: all. The summary is always there.
        publishing_blocked: the school's Google administrator has made sure that nobody can publish to the web.
        may_copy: readers may download, print and copy.
        people, groups: who may have access, as what, by address in small letters.
        redact: by tab and column, what happens to it, where that is not what `mirror.toml` says.
        names: what happens to children's names on every tab, unless `redact` says otherwise.
        benchmark: whose figures stand beside the school's; empty: England's, of the school's phase.
    """

    sheet: str = ""
    domains: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    publishing_blocked: bool = False
    may_copy: bool = False
    people: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    redact: Mapping[tuple[str, str], str] = field(default_factory=dict)
    names: str = ""
    benchmark: str = ""


def read_settings(said: Mapping[str, Any]) -> MirrorSettings:
    """What the table `[mirror]` of `halfday.toml` says; an empty one is that of a school without a copy.

    Raises:
        SettingsError: it has faults; every one is named, with its key path.
    """
    rules = design()
    if faults := [*_faults(said, rules)]:
        raise SettingsError(
            "The settings of the Google copy have faults.",
            problems=faults,
            now="Put [mirror] in halfday.toml right and run this again. Every setting is in sync/README.md.",
        )
    redact = dict(_lines(said.get("redact", {})))
    names = redact.pop(NAMES, "")
    wanted = said.get("tabs", [tab.id for tab in rules.tabs])
    return MirrorSettings(
        sheet=sheet_id(said.get("sheet", "")),
        domains=_listed(said.get("domain", ())),
        tabs=tuple(dict.fromkeys([STAMP_PAGE, *wanted])),
        publishing_blocked=said.get("publishing_blocked", False),
        may_copy=said.get("may_copy", False),
        people={address.casefold(): role for address, role in said.get("people", {}).items()},
        groups={address.casefold(): role for address, role in said.get("groups", {}).items()},
        redact={(name.partition(".")[0], name.partition(".")[2]): rule for name, rule in redact.items()},
        names=names,
        benchmark=said.get("benchmark", ""),
    )


def sheet_id(said: str) -> str:
    """The ID of a spreadsheet, from its address or as it is; empty where it is neither.

    >>> sheet_id("https://docs.google.com/spreadsheets/d/1aBcDeFgHiJkLmNoPqRsTuVw/edit#gid=0")
    '1aBcDeFgHiJkLmNoPqRsTuVw'
    """
    found = _LINK.fullmatch(said.strip())
    if found:
        return found.group(1)
    return said.strip() if _ID.fullmatch(said.strip()) else ""


def _lines(redact: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The lines of `[mirror.redact]`: without quotes, `tracker.why` is TOML's way to say `why` in a table `tracker`."""
    for name, rule in redact.items():
        if isinstance(rule, dict):
            yield from ((f"{name}.{key}", one) for key, one in rule.items())
        else:
            yield name, rule


def _listed(said: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(one.casefold().removeprefix("@") for one in ([said] if isinstance(said, str) else said))


# --- What is wrong with them ------------------------------------------------------------------------------------------


def _faults(said: Mapping[str, Any], rules: Design) -> Iterator[str]:
    right, known = dict[str, Any](), ", ".join(_SPELLED)
    for key, value in said.items():
        kind, spelled = _SPELLED.get(key, ((), ""))
        if isinstance(value, kind):
            right[key] = value
        else:
            yield f"mirror.{key}: {spelled or f'not a setting; known: {known}'}"
    if right.get("sheet") and not sheet_id(right["sheet"]):
        yield "mirror.sheet: write the sheet's address as the browser shows it, or its ID"
    domains = (
        _listed(right.get("domain", ())) if all(isinstance(one, str) for one in right.get("domain", ())) else ("",)
    )
    if not all(_DOMAIN.fullmatch(one) for one in domains):
        yield f"mirror.domain: {_SPELLED['domain'][1]}"
    yield from _access_faults(right, domains)
    yield from _tab_faults(right.get("tabs", ()), rules)
    if right.get("benchmark") and right["benchmark"] not in places():
        yield f"mirror.benchmark: there are no figures of {right['benchmark']!r}; known: {'; '.join(places())}"
    for name, rule in _lines(right.get("redact", {})):
        if fault := _redact_fault(name, rule, rules):
            yield f"mirror.redact.{name}: {fault}"


def _access_faults(right: Mapping[str, Any], domains: Sequence[str]) -> Iterator[str]:
    for key in ("people", "groups"):
        for address, role in right.get(key, {}).items():
            place = f'mirror.{key}."{address}"'
            if not _ADDRESS.fullmatch(address):
                yield f"{place}: not an e-mail address"
            elif address.casefold().rpartition("@")[2] not in domains:
                yield f"{place}: not in the school's domain; mirror.domain says: {', '.join(domains) or 'nothing'}"
            if role not in tuple(ROLES):  # it may be anything, also what no key can be
                yield f"{place}: write one of {', '.join(ROLES)}"
    both = {one.casefold() for one in right.get("people", {})} & {one.casefold() for one in right.get("groups", {})}
    yield from (f'mirror.groups."{address}": stands under mirror.people as well' for address in sorted(both))


def _tab_faults(tabs: Sequence[object], rules: Design) -> Iterator[str]:
    known = [tab.id for tab in rules.tabs]
    for name in tabs:
        if name not in known:
            yield f"mirror.tabs: there is no tab {name!r}; known: {', '.join(known)}"


def _redact_fault(name: str, rule: object, rules: Design) -> str:
    """What is wrong with one line of `[mirror.redact]`; empty: nothing."""
    if rule not in RULES:
        return f"write one of {', '.join(RULES)}"
    if name == NAMES:
        return ""
    tab_id, _, key = name.partition(".")
    tab = rules.tab(tab_id)
    if tab is None:
        return f"there is no tab {tab_id!r}; write a tab and a column, as in tracker.why"
    return _column_fault(tab, key, rule, rules)


def _column_fault(tab: Tab, key: str, rule: object, rules: Design) -> str:
    one = next((one for one in tab.columns if one.column.key == key), None)
    if one is None and key in never_keys(tab, rules.never):
        return "never goes to Google, whatever is written here"
    if one is None:
        return f"this tab has no such column; it has {', '.join(each.column.key for each in tab.columns)}"
    if one.column.owner == SLT and rule != SHOW:
        return "SLT fills this column in: it cannot be left out"
    if rule == INITIAL and not one.is_name:
        return "only names can be shown as initials; write show or hide"
    return ""
