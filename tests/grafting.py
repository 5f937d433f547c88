"""A tracker in workbooks of other people: a table of pupils grafted into any file, and mornings to update it with."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from halfday import cells
from halfday.morning import morning
from halfday.policy.evaluate import evaluate
from halfday.policy.load import load
from halfday.register import Mark, Pupil, Register
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.flavour import Flavour
from halfday_sync.workbook.package import TYPES, WORKBOOK, Package
from halfday_sync.workbook.update.planning import Wishes
from halfday_sync.workbook.update.reading import opened
from halfday_sync.workbook.update.updating import Sent, Updated, updated
from halfday_sync.workbook.view import View

DATA = Path(__file__).parent / "data"
SHEET, PART, TABLE = "Pupils of ours", "xl/worksheets/sheetOfPupils.xml", "xl/tables/tableOfPupils.xml"
TITLES = ("Form tutor", "Pupil ID", "Attendance", "Stage", "Band", "Why", "✎ Notes", "Missed", "Trend")
"""The columns of the grafted table: some of Halfday's and some of people's, in their own order."""
ROWS = ("P03", "P01", "P05", "P02")
"""Its pupils, as somebody sorted them. One of the school is not there yet."""
TERMS = "2025-09-02 to 2025-10-24 school\n2025-10-27 to 2025-10-31 holiday\n2025-11-03 to 2025-12-19 school"
_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_SPARKLINE = "<x14:sparkline><xm:f>'{sheet}'!C{row}:C{row}</xm:f><xm:sqref>I{row}</xm:sqref></x14:sparkline>"


# --- the school ------------------------------------------------------------------------------------------------------


@cache
def fresh(pupils: int, today: date) -> Package:
    """The tracker as Halfday would make it on a morning for so many pupils."""
    return Package.of(tracker_bytes(view(pupils, today), Flavour()))


def view(pupils: int, today: date, terms: str = TERMS) -> View:
    """A morning of a school; each pupil has been away on other days, the second one more often from October on."""
    policy = load((DATA / "workbook_policy.toml").read_text(encoding="utf-8"), "little")
    calendar = cells.read_calendar(terms)
    roll = tuple(Pupil(f"P{n:02d}", surname=f"Alder{n}", forename="Ash", class_name="B") for n in range(1, pupils + 1))
    marks = []
    for day in (day for day in calendar.school_days if day <= today):
        for n, pupil in enumerate(roll, 1):
            away = day.toordinal() % (3 + 2 * n) == 0 or (n == 2 and day.month > 9)
            marks += [
                Mark(pupil.pupil_id, day, session, "I" if away else code)
                for session, code in (("AM", "/"), ("PM", "\\"))
            ]
    register = Register.from_marks(marks)
    settled = calendar.last_school_day(today)
    assert settled
    outcomes = evaluate(policy, roll, register, calendar, settled)
    checked = datetime(today.year, today.month, today.day, 9, 40, tzinfo=UTC)
    return View(
        school="Little Oak Primary School",
        policy=policy,
        calendar=calendar,
        pupils=roll,
        register=register,
        outcomes=outcomes,
        morning=morning(policy, outcomes, register, calendar, today),
        last_checked=checked,
        last_changed=checked,
        marks_until=settled,
        source="A made-up file",
        version="0.0.0",
    )


# --- the graft -------------------------------------------------------------------------------------------------------


def grafted(data: bytes) -> bytes:
    """A workbook with one more sheet: a table of pupils with everything that must grow with it. All else stays."""
    package = Package.of(data)
    rels = "xl/_rels/workbook.xml.rels"
    book = package.parts[WORKBOOK].decode()
    numbers = [int(n) for n in re.findall(r'\ssheetId="(\d+)"', book)]
    row = f'<sheet name="{SHEET}" sheetId="{max(numbers) + 1}" r:id="rIdOfPupils"/>'
    book = book.replace("</sheets>", f"{row}</sheets>", 1)
    last = len(ROWS) + 1
    name = f"<definedName name=\"everybody\">'{SHEET}'!$B$2:$B${last}</definedName>"
    local = f'name="_xlnm.Print_Area" localSheetId="{len(numbers)}"'
    printed = f"<definedName {local}>'{SHEET}'!$A$1:$I${last}</definedName>"
    return package.with_parts(
        {
            WORKBOOK: _named(book, printed + name).encode(),
            rels: _related(package.parts[rels], "rIdOfPupils", "worksheet", f"/{PART}"),
            TYPES: _typed(_typed(package.parts[TYPES], PART, "worksheet"), TABLE, "table"),
            PART: _sheet().encode(),
            TABLE: _table(package).encode(),
            "xl/worksheets/_rels/sheetOfPupils.xml.rels": _related(
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>',
                "rId1",
                "table",
                f"/{TABLE}",
            ),
        }
    ).packed()


def _named(book: str, names: str) -> str:
    if "</definedNames>" in book:
        return book.replace("</definedNames>", f"{names}</definedNames>", 1)
    for end in ("</externalReferences>", "</functionGroups>", "</sheets>"):
        if end in book:
            return book.replace(end, f"{end}<definedNames>{names}</definedNames>", 1)
    raise AssertionError("a workbook has sheets")


def _related(rels: bytes, name: str, kind: str, target: str) -> bytes:
    new = f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return rels.replace(b"</Relationships>", f"{new}</Relationships>".encode(), 1)


def _typed(types: bytes, part: str, kind: str) -> bytes:
    return types.replace(
        b"</Types>", f'<Override PartName="/{part}" ContentType="{_KINDS}{kind}+xml"/></Types>'.encode(), 1
    )


def _table(package: Package) -> str:
    ids = [
        int(found[1])
        for name in package.names
        if "/tables/" in name and (found := re.search(rb'<table\b[^>]*?\sid="(\d+)"', package.parts[name]))
    ]
    columns = "".join(f'<tableColumn id="{at}" name="{title}"/>' for at, title in enumerate(TITLES, 11))
    area = f"A1:I{len(ROWS) + 1}"
    return (
        f'<table xmlns="{_SPACE}" id="{max(ids, default=0) + 1}" name="tblTracker" displayName="tblTracker" '
        f'ref="{area}" totalsRowShown="0"><autoFilter ref="{area}"/>'
        f'<tableColumns count="{len(TITLES)}">{columns}</tableColumns>'
        '<tableStyleInfo name="TableStyleLight9" showFirstColumn="0" showLastColumn="0" showRowStripes="1" '
        'showColumnStripes="0"/></table>'
    )


def _sheet() -> str:
    """The sheet: a header, the pupils, colours, a list, an ignored error, a sparkline in each row, a note far right."""
    last = len(ROWS) + 1
    rows = [_row(1, TITLES)]
    for at, key in enumerate(ROWS, 2):
        rows.append(_row(at, (f"Tutor of {key}", key, 0.5, "old", "old", "old", f"about {key}", 3, None)))
    lines = "".join(_SPARKLINE.format(sheet=SHEET, row=at) for at in range(2, last + 1))
    return (
        f'<worksheet xmlns="{_SPACE}" xmlns:r="{_OFFICE}"><dimension ref="A1:I{last}"/>'
        '<cols><col min="2" max="3" width="13" customWidth="1"/></cols>'
        f"<sheetData>{''.join(rows)}</sheetData>"
        f'<conditionalFormatting sqref="C2:C{last}"><cfRule type="colorScale" priority="1"><colorScale>'
        '<cfvo type="min"/><cfvo type="max"/><color rgb="FFFFFFFF"/><color rgb="FFFF0000"/></colorScale></cfRule>'
        f'</conditionalFormatting><dataValidations count="1"><dataValidation type="list" allowBlank="1" '
        f'sqref="A2:A{last}"><formula1>$B$2:$B${last}</formula1></dataValidation></dataValidations>'
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        f'<ignoredErrors><ignoredError sqref="B2:B{last}" numberStoredAsText="1"/></ignoredErrors>'
        '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'
        '<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:sparklineGroups xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:sparklineGroup>'
        '<x14:colorSeries rgb="FF376092"/>'
        f"<x14:sparklines>{lines}</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext></extLst></worksheet>"
    )


def _row(at: int, values: tuple[str | float | None, ...]) -> str:
    found = []
    for letter, value in zip("ABCDEFGHI", values, strict=True):
        if isinstance(value, str):
            found.append(f'<c r="{letter}{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>')
        elif value is not None:
            found.append(f'<c r="{letter}{at}"><v>{value}</v></c>')
    return f'<row r="{at}">{"".join(found)}</row>'


# --- two mornings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mornings:
    """A workbook with a tracker in it, its first update (pupil, columns, pages are new), and the next morning's."""

    grafted: bytes
    first: Updated
    second: Updated

    @property
    def grafted_sheets(self) -> list[str]:
        """The sheets before Halfday came."""
        return [name for name, _part in Package.of(self.grafted).sheets]

    @property
    def second_sheets(self) -> list[str]:
        """All sheets."""
        return [name for name, _part in Package.of(self.second.data).sheets]


@cache
def mornings(path: Path) -> Mornings:
    """A file with a tracker grafted into it, and what two mornings make of it; a pupil joins on each."""
    before = grafted(path.read_bytes())
    one, two = fresh(5, date(2025, 10, 17)), fresh(6, date(2025, 10, 20))
    first = updated(opened(before), one, None, Wishes())
    second = updated(opened(first.data), two, Sent(one, first.noted), Wishes())
    return Mornings(before, first, second)
