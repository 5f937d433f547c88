"""What each heading of a report means: what the mapping file says, and for the rest a guess that shows its reasons.

Headings and values are weighed together. Where two headings are equally likely, or one that is needed cannot be found,
nothing is guessed: the lines that the mapping file needs are told instead. No value is ever repeated.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from halfday_sync.sources.arbor.signs import LESSON_WORDS, SESSION_WORDS, SIGNS, Column, Sign
from halfday_sync.sources.tabular import Mapping, Table
from halfday_sync.sources.tabular.columns import SYNONYMS, did_you_mean, heading_key
from halfday_sync.sources.tabular.dates import read_date
from halfday_sync.sources.tabular.tables import heading_row
from halfday_sync.sources.upn import UpnKind, read_upn
from halfday_sync.sources.wording import listed

_USUAL, _WORDED, _TOLD = 4, 2, 3
"""What speaks for a heading: it is one of the usual ones; it has the word; its values can hardly be anything else."""


@dataclass(frozen=True)
class Guess:
    """What a report's headings mean.

    Attributes:
        table: the columns that are used, under our own names; the rows keep their numbers.
        lines: a line for each heading, with the reason.
        marks: whether there are marks in it, or pupils only.
    """

    table: Table
    lines: tuple[str, ...]
    marks: bool


@dataclass(frozen=True)
class _Claim:
    score: int
    sign: Sign
    column: Column


def read_with(stated: Mapping) -> Mapping:
    """The mapping with which guessed tables are settled: their headings are ours by then."""
    return replace(stated, columns={}, sessions={**SESSION_WORDS, **stated.sessions}, header_row=None, sheet="")


def guess(table: Table, stated: Mapping, problems: list[str]) -> Guess | None:
    """What the headings of a table mean; None with everything that speaks against a guess in `problems`."""
    at = _heading_row(table, stated)
    headings = table.rows[at] if at < len(table.rows) else []
    if not any(headings):
        problems.append(f"{table.where}: it is empty")
        return None
    if any(map(_is_a_value, headings)):
        problems.append(f"{table.where}: its first row holds no headings; let the report have its headings")
        return None
    columns = [_column(i, heading, table.rows[at + 1 :]) for i, heading in enumerate(headings) if heading]
    found, lines = _stated(columns, stated)
    doubts: dict[str, str] = {}
    _guessed(columns, stated, found, lines, doubts)
    has_marks = bool({"session", "code", "am", "pm"} & (found.keys() | doubts.keys()))
    missing = _missing(found, has_marks=has_marks)
    if has_marks and _is_lesson_register(columns, found):
        problems.append(f"{table.where}: {LESSONS}")
    elif missing:
        shown = headings if _may_be_shown(headings, stated) else []
        problems.append(f"{table.where}: {_ask(missing, shown, doubts)}")
    if missing:
        return None
    lines += [f"{either} could both be {name}: neither was used" for name, either in doubts.items()]
    unused = [column.heading for column in columns if column not in found.values()]
    if unused:
        lines.append(f"not used: {listed(unused)}")
    return Guess(_ours(table, at, found), tuple(lines), has_marks)


def unmet(tables: Sequence[Table], stated: Mapping) -> list[str]:
    """Headings that the mapping file names and no table has; a school renames them in the report, and forgets us."""
    shown = [table.rows[at] for table in tables if (at := _heading_row(table, stated)) < len(table.rows)]
    found = list(dict.fromkeys(heading for headings in shown for heading in headings if heading))
    if not _may_be_shown(found, stated):
        return []
    keys = set(map(heading_key, found))
    return [
        f"the mapping file says that {name} is under '{heading}', but the report has no such heading"
        f"{did_you_mean(heading, found)}; its headings are {listed(found)}"
        for name, heading in stated.columns.items()
        if heading_key(heading) not in keys
    ]


def _heading_row(table: Table, stated: Mapping) -> int:
    if stated.header_row is not None:
        return stated.header_row - 1
    at, known = heading_row(table.rows, stated)
    return at if known else next((i for i, row in enumerate(table.rows) if any(row)), 0)


def _ours(table: Table, at: int, found: dict[str, Column]) -> Table:
    """The columns that are used, and no others: what the guess refused must not come in under its usual heading."""
    used = sorted((column.at, name) for name, column in found.items())
    body = [[row[i] if i < len(row) else "" for i, _ in used] for row in table.rows[at + 1 :]]
    return replace(table, rows=[*([""] for _ in range(at)), [heading_key(name) for _, name in used], *body])


def _column(at: int, heading: str, rows: Sequence[list[str]]) -> Column:
    return Column(at, heading, Counter(row[at] for row in rows if at < len(row) and row[at]))


def _stated(columns: list[Column], stated: Mapping) -> tuple[dict[str, Column], list[str]]:
    """What the mapping file says. A heading of it that is not there is for `snapshot_of` to tell, with all that are."""
    found, lines = {}, []
    for name, heading in stated.columns.items():
        same = [column for column in columns if heading_key(column.heading) == heading_key(heading)]
        if same:
            found[name] = same[0]
            lines.append(f"'{same[0].heading}' → {name}, as the mapping file says")
    return found, lines


def _guessed(
    columns: list[Column], stated: Mapping, found: dict[str, Column], lines: list[str], doubts: dict[str, str]
) -> None:
    """Gives out the headings, the surest first. Of two equally sure, neither is taken, and `doubts` says so."""
    claims = sorted(_claims(columns, stated), key=lambda claim: -claim.score)
    for claim in claims:
        name = claim.sign.name
        if name in found or name in doubts or claim.column in found.values():
            continue
        rivals = [
            other.column.heading
            for other in claims
            if other.sign is claim.sign and other.score == claim.score and other.column not in found.values()
        ]
        if len(rivals) > 1:
            doubts[name] = listed(f"'{heading}'" for heading in rivals)
            continue
        found[name] = claim.column
        lines.append(_line(claim))


def _claims(columns: list[Column], stated: Mapping) -> Iterator[_Claim]:
    for column in columns:
        key = heading_key(column.heading)
        for sign in SIGNS:
            usual = key in SYNONYMS[sign.name]
            worded = sign.in_words(key)
            fits = bool(column.values) and sign.fits(column.values, stated)
            if not fits and (column.values or sign.of_a_mark):
                continue
            told = fits and sign.telling
            if usual or worded or told:
                yield _Claim(_USUAL * usual + _WORDED * worded + _TOLD * told, sign, column)


def _line(claim: _Claim) -> str:
    column, sign = claim.column, claim.sign
    if column.values and sign.said:
        why = f"since all {column.count:,} values are {sign.said}"
        if sign.name in {"code", "upn"}:
            why = f"since its {column.count:,} values are {sign.said}"
    else:
        why = "by its heading" if column.values else "by its heading (it is blank)"
    return f"'{column.heading}' → {sign.name}, {why}"


def _missing(found: dict[str, Column], *, has_marks: bool) -> list[str]:
    missing = [] if {"pupil_id", "upn"} & found.keys() else ["pupil_id", "upn"]
    if has_marks:
        pair = {"am", "pm"} & found.keys()
        missing += [
            name for name in (("date", "am", "pm") if pair else ("date", "session", "code")) if name not in found
        ]
    return missing


def _ask(missing: list[str], headings: Sequence[str], doubts: dict[str, str]) -> str:
    """Which headings are wanted, those that there are, and the lines to write."""
    needed = [name for name in missing if name != "pupil_id"]
    wanted = ["upn (or pupil_id, the admission number)" if name == "upn" else name for name in needed]
    unsure = [f"; {doubts[name]} are equally likely for {name}" for name in missing if headings and name in doubts]
    told = f"The headings are {listed(filter(None, headings))}" if headings else "Its first row has no usual headings"
    return (
        f"it cannot be told which heading means {listed(wanted)}{''.join(unsure)}. {told}. "
        "Write into the mapping file, below [columns]: " + ", ".join(f'{name} = "the heading"' for name in needed)
    )


LESSONS = (
    "these look like marks of lesson registers. Only roll-call marks (AM and PM) are statutory: let the report be of "
    "roll-call attendance, with one mark for each pupil, day and half day"
)


def _is_lesson_register(columns: list[Column], found: dict[str, Column]) -> bool:
    """Whether the headings are a lesson's and nothing says AM and PM."""
    if {"session", "am", "pm"} & found.keys():
        return False
    words = re.compile(rf"\b(?:{LESSON_WORDS})\b")
    return any(words.search(heading_key(column.heading)) for column in columns)


def crowded(marks: Table) -> str:
    """Why a table with several marks for one pupil and half day cannot be roll-call marks; else a blank."""
    headings = next(row for row in marks.rows if any(row))
    if "session" not in headings:
        return ""
    at = [headings.index(name) for name in ("pupil id", "upn", "date", "session") if name in headings]
    rows = [tuple(row[i] for i in at) for row in marks.rows if len(row) == len(headings) and row is not headings]
    again = len(rows) - len(set(rows))
    if CROWDED_PARTS * again <= len(rows):
        return ""
    return f"{again:,} of {len(rows):,} rows are a second mark for the same pupil, day and half day: {LESSONS}"


CROWDED_PARTS = 10
"""One row in ten may be a repetition (an amended mark beside the first one); more are lessons, or a list in the report
that multiplies its rows."""


def _may_be_shown(headings: Sequence[str], stated: Mapping) -> bool:
    """Whether a row is one of headings for certain: without, it may be somebody's data, and stays unsaid."""
    own = set(map(heading_key, stated.columns.values()))
    keys = {heading_key(heading) for heading in headings} - SESSION_WORDS.keys()
    known = sum(
        key in own or any(key in SYNONYMS[sign.name] or sign.in_words(key) for sign in SIGNS)
        for key in keys
        if not re.search(r"\d", key)
    )
    return known >= 2 and not any(map(_is_a_value, headings))


def _is_a_value(heading: str) -> bool:
    """Whether a heading is somebody's data: then no word of that row may be repeated."""
    upn = read_upn(heading)[0] in {UpnKind.PERMANENT, UpnKind.TEMPORARY}
    return upn or read_date(heading) is not None or heading in {"/", "\\"}
