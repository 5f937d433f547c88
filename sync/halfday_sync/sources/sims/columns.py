"""Columns of SIMS' tables put right before they are read: who a person is, sub-codes, and what never came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from halfday.printing import counted, first_few
from halfday_sync.sources.sims.meaning import code_meant
from halfday_sync.sources.tabular.columns import Mapping, find_columns, heading_key
from halfday_sync.sources.tabular.tables import Table, heading_row

_PERSON = frozenset({"primary id", "personid", "person id"})
_SUB_CODE = frozenset({"subcode", "sub code", "attendancemarksubcode", "attendance mark sub code"})
_NEEDED = {"date": "date", "session": "session (AM or PM)", "code": "mark"}
_PERMISSION = (
    "The report does not have it, or SIMS left it blank without a word, as it does where the user has no permission "
    "for it (for ids: Third Party Reporter)"
)


@dataclass(frozen=True)
class Head:
    """Where a table's headings are, and which columns of ours stand where."""

    at: int
    columns: dict[str, list[int]]
    headings: Sequence[str]

    def others(self, names: Iterable[str]) -> int | None:
        """The position of a heading that is none of ours."""
        return next((i for i, text in enumerate(self.headings) if heading_key(text) in names), None)


def _head_of(table: Table, mapping: Mapping) -> Head | None:
    """The head of a table, or None where no row is known to be its headings."""
    if len(table.rows) == 0:
        return None
    at, known = heading_row(table.rows, mapping)
    row = table.rows[at]
    if not known and not {heading_key(text) for text in row} & _PERSON:
        return None
    return Head(at, find_columns(row, mapping)[0], row)


@dataclass(frozen=True)
class Headed:
    """A table and its head; None where no row is known to be its headings."""

    table: Table
    head: Head | None

    @property
    def body(self) -> list[list[str]]:
        """The rows below the headings; none where there are no headings."""
        return self.table.rows[self.head.at + 1 :] if self.head else []


def headed(table: Table, mapping: Mapping) -> Headed:
    """A table with its head, and each sub-code in place of its mark; one that belongs to another is to be refused."""
    head = _head_of(table, mapping)
    where = head.others(_SUB_CODE) if head else None
    if head is None or where is None or len(head.columns.get("code", [])) != 1:
        return Headed(table, head)
    code = head.columns["code"][0]
    body = [_with_sub_code(row, code, where, mapping) for row in table.rows[head.at + 1 :]]
    headings = _used(head.headings, where)
    rows = [*table.rows[: head.at], headings, *body]
    return Headed(replace(table, rows=rows), replace(head, headings=headings))


def _used(headings: Sequence[str], at: int) -> list[str]:
    """Headings without one that has done its work, so that nobody is told that it was not used."""
    return ["" if number == at else text for number, text in enumerate(headings)]


def _with_sub_code(row: list[str], code: int, sub: int, mapping: Mapping) -> list[str]:
    if max(code, sub) >= len(row) or not row[sub].strip():
        return row
    mark, sub_code = row[code].strip(), row[sub].strip()
    belongs = sub_code.casefold().startswith(mark.casefold()) or code_meant(sub_code, mapping) == mark
    return [*row[:code], sub_code if belongs else f"{mark}+{sub_code}", *row[code + 1 :]]


def missing(one: Headed, *, marks: bool) -> list[str]:
    """What a report must have and has in no row. `marks`: the report is there for its marks."""
    table, head, body = one.table, one.head, one.body
    if head is None:
        return [f"{table.where}: none of its columns is known; {_captions(table)}"] if marks else []

    def told(at: int | None) -> bool:
        return at is not None and any(at < len(row) and row[at].strip() for row in body)

    lost = []
    if not any(told(at) for name in ("pupil_id", "upn") for at in head.columns.get(name, ())) and not told(
        head.others(_PERSON)
    ):
        lost.append("admission number or UPN")
    grid = {"am", "pm"} <= head.columns.keys()
    for name, words in _NEEDED.items():
        has = name in head.columns
        if (has and not any(told(at) for at in head.columns[name])) or (marks and not has and not grid):
            lost.append(words)
    return [f"{table.where}: no row has a value for: {', '.join(lost)}. {_PERMISSION}"] if lost else []


def _captions(table: Table) -> str:
    return f"its captions are {', '.join(table.rows[0])}" if table.rows else "it is empty"


@dataclass
class People:
    """Which admission number a person of SIMS has, by SIMS' own number of the person, out of tables that have both."""

    numbers: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def learn(self, tables: Iterable[Headed]) -> None:
        """Take every pair of a table that has both columns."""
        for one in tables:
            person = one.head.others(_PERSON) if one.head else None
            number = one.head.columns.get("pupil_id", [None])[0] if one.head else None
            if person is None or number is None:
                continue
            for row in one.body:
                if max(person, number) < len(row) and row[person] and row[number]:
                    self._pair(row[person], row[number])

    def _pair(self, person: str, number: str) -> None:
        if self.numbers.setdefault(person, number) != number:
            told = f"{_shown(person)} of SIMS has two admission numbers in the files"
            if told not in self.problems:
                self.problems.append(told)

    def named(self, one: Headed, notes: list[str]) -> Table:
        """A table that knows persons only, with their admission numbers. Rows of unknown persons are left out."""
        table, head = one.table, one.head
        person = head.others(_PERSON) if head else None
        if head is None or person is None:
            return table
        headings = _used(head.headings, person)
        if {"pupil_id", "upn"} & head.columns.keys():
            return replace(table, rows=[*table.rows[: head.at], headings, *table.rows[head.at + 1 :]])
        known: list[list[str]] = []
        left_out: dict[str, int] = {}
        for row in table.rows[head.at + 1 :]:
            who = row[person] if person < len(row) else ""
            number = self.numbers.get(who)
            if number is None:
                left_out[who] = left_out.get(who, 0) + 1
            else:
                known.append([*row, *[""] * (len(head.headings) - len(row)), number])
        if left_out and not known:
            self.problems.append(
                f"{table.where}: none of its persons is in a report with primary_id and Adno: put the report with the "
                "pupils beside it, with both columns, and with the pupils who have left"
            )
        elif left_out:
            notes.append(_unknown(table.where, left_out))
        return replace(table, rows=[[*headings, "Admission number"], *known])


def _unknown(where: str, left_out: dict[str, int]) -> str:
    persons = sorted(person for person in left_out if person.isdecimal())
    return (
        f"{where}: {counted(sum(left_out.values()), 'row')} left out, of persons who are not in the report with the "
        f"pupils ({first_few(persons) or 'none has a number'}); a report that has leavers too would bring them"
    )


def _shown(person: str) -> str:
    """A person by number; a text that is none may be a name."""
    return f"person {person}" if person.isdecimal() else "a person without a number"
