"""Common Transfer Files: the marks of the years before. For back-fill only, and only of the school itself.

How sure each thing is (A: read in real code or with the DfE; B: inferred; C: not known):

- A: the elements `CTfile/CTFpupilData/Pupil/Attendance/YearData/AttendSessions` with `AttendanceStartDate` and
  `AttendanceMarks`, and the counts beside them (the UK code of Follett Aspen). `Gender` until CTF 24, `Sex` since (A).
- B: that the marks are two a calendar day from the start date, AM and PM, with `##` at weekends and closures and `-`
  for no mark: one writer does so. A string that does not fit the calendar in that way is refused whole.
- B: `SessionsPossible` leaves out missing marks; both ways are accepted. The counts must fit the marks.
- C: how the codes of two characters (C1, C2, J1, Y1 to Y7; since 19 Aug 2024) are written. One character cannot hold
  them, so C, J and Y since that day are set aside, never guessed. Before it they are what they say.

Pupils are known by their UPN, and only who they are is told (names, date of birth, sex): year, class and the like are
of the day the file was written. Joining them by UPN to pupils that are known already is for those who receive the
snapshot; it never claims to be complete. The years that a child spent at another school are left out: `source.school`
says which is this one.
"""

from collections.abc import Mapping
from typing import Any

from halfday_sync.errors import SettingsError
from halfday_sync.sources.base import Site
from halfday_sync.sources.ctf.source import Ctf


def open_source(settings: Mapping[str, Any], site: Site) -> Ctf:
    """The files that the settings name.

    Raises:
        SettingsError: the school's number is not one.
    """
    school = str(settings.get("school", ""))
    if len(school) != 7 or not school.isdecimal():
        raise SettingsError(
            "The settings for CTF files are not right.",
            problems=["source.school: write the school's DfE number in quotes: LA and establishment, seven digits"],
            now="Correct halfday.toml.",
        )
    return Ctf(settings, site)
