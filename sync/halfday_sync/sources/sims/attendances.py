"""The attendance reads of SIMS' partner API, as files: marks by person, and the list of codes.

`GetXmlSessionAttendances` gives one character a mark (`AttendanceMark[0]`): a Y4 is a bare Y, a C2 a bare C, and the
sub-code is lost. Since 19 August 2024 a bare Y is no code, so it is refused, never guessed. The extended read of Summer
2024 (`SessionAttendancesExtended`) has the sub-code beside the mark. Its `StatutoryComment` is never read.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from halfday import codes
from halfday.printing import counted
from halfday_sync.sources.sims.documents import Document
from halfday_sync.sources.sims.meaning import code_meant
from halfday_sync.sources.tabular.columns import Mapping
from halfday_sync.sources.tabular.tables import Table
from halfday_sync.sources.wording import shown_value

PLAIN, EXTENDED, CODES = "SessionAttendances", "SessionAttendancesExtended", "AttendanceCodes"
_HEADINGS = ["PersonID", "Date", "Session", "Mark", "Subcode", "Minutes late", "Comments"]


def marks_table(where: str, read: Document, mapping: Mapping, problems: list[str], notes: list[str]) -> Table:
    """The marks of a read, as a table. What one character cannot tell goes to `problems` and is not in the table."""
    rows, lost, open_to = [_HEADINGS], Counter[str](), Counter[str]()
    known: dict[tuple[str, str], tuple[bool, bool]] = {}
    for record in read.records:
        mark = record.get("AttendanceMark", "")
        sub_code = record.get("AttendanceMarkSubCode", "")
        day = record.get("AttendanceDate", "").partition("T")[0]
        if read.root == PLAIN and not sub_code:
            if (mark, day) not in known:
                known[mark, day] = _longer(mark, day, mapping)
            longer, stands = known[mark, day]
            (open_to if stands else lost)[mark] += bool(longer)
            if longer and not stands:
                continue
        minutes = record.get("Minute") or record.get("MinsLate", "")
        if minutes == "0":  # what the extended read gives for every mark
            minutes = ""
        told = record.get("PersonID", ""), day, record.get("SessionName", ""), mark, sub_code, minutes
        rows.append([*told, record.get("Comments", "") if mapping.keep_comments else ""])
    problems.extend(_one_character(where, mark, count) for mark, count in sorted(lost.items()) if count)
    notes.extend(
        f"{where}: {counted(count, 'mark')} {mark}, which in a read of one character may be any of {mark}, "
        f"{', '.join(_siblings(mark))}; taken as {mark}, which counts alike"
        for mark, count in sorted(open_to.items())
        if count
    )
    return Table(where, rows)


def _longer(mark: str, day: str, mapping: Mapping) -> tuple[bool, bool]:
    """Whether a mark of one character may stand for a longer code, and whether it is a code of its day by itself."""
    if code_meant(mark, mapping) != mark or not _siblings(mark):
        return False, True
    try:
        on = date.fromisoformat(day)
        codes.code_id(_siblings(mark)[0], on)
    except ValueError:
        return False, True  # before there were such codes; a date that is none is told with its row
    try:
        codes.code_id(mark, on)
    except codes.UnknownCodeError:
        return True, False
    return True, True


def _siblings(mark: str) -> list[str]:
    """The codes of two characters that begin with a mark.

    >>> _siblings("C"), _siblings("/")
    (['C1', 'C2'], [])
    """
    wanted = codes.tidy(mark)
    return sorted({row.code for row in codes.all_codes() if len(row.code) == 2 and row.code[0] == wanted})


def _one_character(where: str, mark: str, count: int) -> str:
    listed = ", ".join(_siblings(mark))
    return (
        f"{where}: {counted(count, 'mark')} {mark}, which may be any of {listed}: this read of SIMS gives one "
        "character a mark and loses the rest, so they are not guessed. Use the extended read of Summer 2024 "
        f"(<{EXTENDED}>) or a saved report"
    )


def odd_codes(used: set[str], lists: list[Document], mapping: Mapping) -> Iterator[str]:
    """Codes that marks have, that no register knows, and that SIMS' own list describes."""
    known = {row.code for row in codes.all_codes()}
    described = {record.get("Code", "").strip(): record for listed in lists for record in listed.records}
    for code in sorted(used & described.keys()):
        meant = code_meant(code, mapping)
        if not meant or codes.tidy(meant) in known:
            continue
        told = described[code]
        what, counts = told.get("Description", ""), told.get("StatisticalMappingDescription", "")
        yield (
            f'code {shown_value(code)} is "{what}" in SIMS and counts there as "{counts}": '
            "say in [source.codes] which register code it is"
        )
