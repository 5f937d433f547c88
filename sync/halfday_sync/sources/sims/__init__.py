"""SIMS 7: saved reports run by CommandReporter, exported reports, and files of the attendance reads of its partner API.

**Three ways, by the settings.** With `marks_report`, Halfday runs the school's own saved reports with SIMS' program
CommandReporter, on a Windows computer that has SIMS. With `files`, it reads what somebody or something exported: saved
reports (XML, CSV, XLSX, TXT), the printed registration grid, and the XML of `GetXmlSessionAttendances`, better of its
extended form of Summer 2024, beside `GetXmlAttendanceCodes` and a report with the pupils. All of them become tables,
and go through `tabular`, where everything is proven or refused.

**No password.** CommandReporter takes one only as an argument, where everybody on the computer can read it. So Halfday
knows the Windows log-on only (`/TRUSTED`): run it as a Windows user who is a SIMS user too, and save the reports under
that user's "My Reports".

**How sure this is.** A, read in the vendor's guide or in code that schools run: the options of the program, output as
XML with captions as element names (`_x0020_` for a blank), absent elements for blanks, rows multiplied by two
sub-lists, `<CommandReporterError>` with an exit code that says nothing, reports that lose columns without a word for
want of permissions, parameters `Date` and `DateRange`, CSV in Windows-1252 with day-first dates, the element names of
the reads, the sub-codes I01, I02 and X01 to X07, `+` for X01. B: the names of mark, comment and minutes in the plain
read; that a Y4 is mark Y with sub-code Y4 in the extended one. C, so matters of the school's own report and never taken
for granted here: every caption, how flags and the enrolment status are worded, the layout of the printed grid. SIMS'
codes 7, 8, 9 (or = [ ]) of 2020 meant I, Y and Y, but some schools use them for something else: they are refused by
name until `[source.codes]` says what they are.

**What a person with SIMS must check first.**

1. In SIMS, make a student report "Halfday pupils": all pupils of the year with leavers; Adno, UPN, legal surname,
   preferred forename, DOB, gender, year, reg, house, admission date, leaving date, enrolment status, and the flags that
   the school shares. Each caption once only. Give the user the permission group Third Party Reporter.
2. Make "Halfday marks": the same pupils; Adno, and of the session marks date, session (AM, PM), mark, sub-code and
   minutes late, captioned so, with a parameter "Date is between". One sub-list only, or every row comes many times.
3. As that Windows user, in a command window:
   `CommandReporter.exe /TRUSTED /REPORT:"Halfday marks" /OUTPUT:marks.xml`, with `/SERVERNAME:` and `/DATABASENAME:`
   from SIMS' connect.ini where it asks for them. The file has records, and a Y4 is there as Y4 or as Y beside Y4.
4. `CommandReporter.exe /TRUSTED /REPORT:"Halfday marks" /PARAMDEF` shows a parameter of the type DateRange or Date.
5. `halfday source test`, and compare ten marks with the register on the screen.
"""

from collections.abc import Mapping
from typing import Any

from halfday_sync.errors import SettingsError
from halfday_sync.sources.base import Site, Source
from halfday_sync.sources.sims.exports import Exports
from halfday_sync.sources.sims.meaning import meaning_of
from halfday_sync.sources.sims.program import program_of
from halfday_sync.sources.sims.saved_reports import SavedReports

__all__ = ["open_source"]


def open_source(settings: Mapping[str, Any], site: Site) -> Source:
    """The source that the settings of `[source]` (kind "sims") ask for.

    Raises:
        SettingsError: a setting is missing or cannot be right.
    """
    meaning = meaning_of(settings, site.folder)
    marks, files = settings.get("marks_report"), settings.get("files")
    if files and marks:
        raise SettingsError(
            "SIMS is to be read in two ways at once.",
            problems=["source.files and source.marks_report: only one of them can be there"],
            now="Take one of them out of halfday.toml.",
        )
    if files:
        return Exports(files, meaning, site, whole_roll=bool(settings.get("whole_roll")))
    if not marks:
        raise SettingsError(
            "It is not said how to read SIMS.",
            problems=[
                "source.marks_report: name the saved report with the marks, or name exported files in source.files"
            ],
            now="Put one of them into halfday.toml, or run halfday init again.",
        )
    return SavedReports(
        program_of(settings, site),
        marks,
        settings.get("pupils_report", ""),
        meaning,
        site,
        whole_roll=bool(settings.get("whole_roll")),
    )
