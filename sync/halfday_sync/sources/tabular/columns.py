"""Which heading means which of our columns: the usual headings of school systems, and a mapping file for other layouts.

A mapping file is TOML; every key is optional:

    sheet = "Marks"             # the only sheet to read of a workbook
    header_row = 4              # the row of the headings, as a spreadsheet numbers it
    date_order = "day first"    # or "month first", for dates that do not prove it themselves
    keep_comments = false       # true keeps the comment column; comments may hold safeguarding notes
    [columns]                   # our column = "their heading"
    pupil_id = "Learner ref"
    [codes]                     # their code = "register code"; "" leaves such a mark out
    "*" = ""
    [sessions]                  # their session = "AM" or "PM"
    Morning = "AM"

Our columns are those of the contract's pupils.csv and marks.csv, and `name` (a whole name, only ever compared), `am`
and `pm` (one code column per session, beside a `date` column). `pupil_id` is the admission number.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from halfday.codes import all_codes, tidy
from halfday.register import SESSIONS
from halfday_sync.errors import SettingsError
from halfday_sync.sources.tabular.dates import DateOrder
from halfday_sync.sources.wording import listed

SYNONYMS: dict[str, tuple[str, ...]] = {
    "pupil_id": ("pupil id", "admission number", "admission no", "adm no", "adno", "admno", "admission num", "id"),
    "upn": ("upn", "unique pupil number"),
    "surname": ("legal surname", "surname", "last name", "legal last name", "family name", "preferred surname"),
    "forename": (
        "preferred forename",
        "forename",
        "first name",
        "given name",
        "preferred first name",
        "legal forename",
    ),
    "name": ("name", "full name", "pupil name", "student name", "pupil", "student"),
    "dob": ("dob", "date of birth", "birth date"),
    "sex": ("sex", "gender", "legal sex"),
    "year_group": ("year group", "year", "nc year", "yr"),
    "class": (
        "class",
        "class name",
        "registration group",
        "reg group",
        "reg",
        "form",
        "tutor group",
        "registration form",
    ),
    "house": ("house",),
    "family_id": ("family id",),
    "start_date": ("start date", "admission date", "date of admission", "entry date"),
    "end_date": ("end date", "leaving date", "date of leaving", "leave date"),
    "pupil_premium": ("pupil premium", "pp", "pupil premium indicator", "pupil premium recipient"),
    "fsm": ("fsm", "free school meals", "eligible for free school meals"),
    "sen": ("sen", "sen status", "sen provision", "send"),
    "lac": ("lac", "in care", "looked after", "looked after child", "child looked after", "cla"),
    "cp": ("cp", "child protection", "child protection plan"),
    "eal": ("eal", "english as an additional language"),
    "young_carer": ("young carer", "is young carer"),
    "enrolment": ("enrolment", "enrolment status", "enrolment mode"),
    "date": ("date", "attendance date", "mark date", "session date"),
    "session": ("session", "am pm", "ampm", "session name", "roll call"),
    "code": ("code", "mark", "attendance code", "attendance mark", "mark code"),
    "minutes_late": ("minutes late", "mins late", "late minutes"),
    "comment": ("comment", "comments", "notes", "note"),
    "recorded_at": ("recorded at",),
    "am": ("am",),
    "pm": ("pm",),
}
"""Our column, and the headings it goes by, the one to prefer first."""

_BY_HEADING = {heading: (name, rank) for name, headings in SYNONYMS.items() for rank, heading in enumerate(headings)}
_KEYS = ("sheet", "header_row", "date_order", "keep_comments", "columns", "codes", "sessions")
_GAPS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Mapping:
    """What a mapping file states. `columns` is heading by our column; `codes` and `sessions` are ours by theirs."""

    columns: Table[str, str] = field(default_factory=dict)
    codes: Table[str, str] = field(default_factory=dict)
    sessions: Table[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None
    sheet: str = ""
    header_row: int | None = None
    keep_comments: bool = False

    @cached_property
    def codes_by_key(self) -> dict[str, str]:
        """`codes` by how they are compared: without spaces around them, in lower case."""
        return {theirs.strip().casefold(): ours for theirs, ours in self.codes.items()}


def heading_key(text: str) -> str:
    """A heading without what varies: case, spaces, punctuation.

    >>> heading_key(" AM/PM"), heading_key("Year  Group"), heading_key("pupil_id")
    ('am pm', 'year group', 'pupil id')
    """
    return _GAPS.sub(" ", text.casefold()).strip()


def find_columns(headings: list[str], mapping: Mapping) -> tuple[dict[str, list[int]], list[int]]:
    """Positions of our columns under these headings, and the positions left over.

    A column has one position. It has more where the same heading is there several times, which is for the caller to
    judge: a grid has many AM and PM, a list with two Code columns is wrong.
    """
    keys = [heading_key(heading) for heading in headings]
    found: dict[str, list[int]] = {}
    for name, heading in mapping.columns.items():
        positions = [at for at, key in enumerate(keys) if key == heading_key(heading)]
        if positions:
            found[name] = positions
    taken = {at for positions in found.values() for at in positions}
    best: dict[str, int] = {}
    for at, key in enumerate(keys):
        name, rank = _BY_HEADING.get(key, ("", 0))
        if not name or at in taken or name in mapping.columns:
            continue
        if name not in best or rank < best[name]:
            best[name], found[name] = rank, [at]
        elif rank == best[name]:
            found[name].append(at)
    used = {at for positions in found.values() for at in positions}
    return found, [at for at, key in enumerate(keys) if key and at not in used]


def read_mapping(path: Path) -> Mapping:
    """The mapping of a TOML file.

    Raises:
        SettingsError: with everything that is wrong in the file.
    """
    now = "Put the mapping file right and run the command again; halfday import --help describes it."
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(f"The mapping file {path.name} cannot be read: {reason}.", now=now) from error
    problems = _mapping_problems(data)
    if problems:
        raise SettingsError(f"The mapping file {path.name} is not right.", problems=problems, now=now)
    order = data.pop("date_order", None)
    return Mapping(**data, date_order=DateOrder(order) if order else None)


def mapping_of(settings: Table[str, Any], folder: Path) -> Mapping:
    """What a `[source]` states about its tables: its own `codes` and `date_order`, and what else its mapping file says.

    Raises:
        SettingsError: as `read_mapping`.
    """
    stated = read_mapping(folder / settings["mapping"]) if settings.get("mapping") else Mapping()
    order = settings.get("date_order")
    return replace(
        stated,
        codes={**stated.codes, **settings.get("codes", {})},
        date_order=DateOrder(order) if order else stated.date_order,
    )


def _mapping_problems(data: dict[str, Any]) -> list[str]:
    problems = [f"{key}: there is no such setting{did_you_mean(key, _KEYS)}" for key in data if key not in _KEYS]
    for key in ("columns", "codes", "sessions"):
        table = data.get(key, {})
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            problems.append(f'{key}: write a table of lines like name = "text"')
            data[key] = {}
    problems += [
        f"columns.{name}: there is no such column{did_you_mean(name, SYNONYMS)}"
        for name in data.get("columns", {})
        if name not in SYNONYMS
    ]
    register_codes = {row.code for row in all_codes()}
    problems += [
        f"codes.{theirs}: {ours!r} is not a register code"
        for theirs, ours in data.get("codes", {}).items()
        if ours and tidy(ours) not in register_codes
    ]
    problems += [
        f"sessions.{theirs}: write AM or PM, not {ours!r}"
        for theirs, ours in data.get("sessions", {}).items()
        if ours not in SESSIONS
    ]
    return problems + _plain_problems(data)


def _plain_problems(data: dict[str, Any]) -> list[str]:
    problems = []
    if data.get("date_order", DateOrder.DAY_FIRST) not in list(DateOrder):
        problems.append(f"date_order: write {listed((repr(order.value) for order in DateOrder), 'or')}")
    row = data.get("header_row", 1)
    if type(row) is not int or row < 1:
        problems.append("header_row: write a row number, 1 for the first")
    if not isinstance(data.get("sheet", ""), str):
        problems.append("sheet: write the name of a sheet in quotes")
    if not isinstance(data.get("keep_comments", False), bool):
        problems.append("keep_comments: write true or false")
    return problems


def did_you_mean(word: str, known: Table[str, object] | tuple[str, ...] | list[str]) -> str:
    """A closing question with the closest known word, or nothing.

    >>> did_you_mean("surnme", ["surname", "forename"]), did_you_mean("x", ["surname"])
    (" (did you mean 'surname'?)", '')
    """
    near = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {near[0]!r}?)" if near else ""
