"""Bromcom: the Partner API, or saved files of it.

How sure each thing is (A: read in a client that schools use, or with the vendor; B: inferred; C: not known):

- A: the address `https://api.bromcomcloud.com/v2/{Entity}?schoolId=&entityFilter=<expression>{page:n}` with pages
  from 0 on, the headers `ApplicationId` and `ApplicationSecret`, the answer `{success, data[]}`, 100,000 rows a page
  (jamesgurung/bromcom-essentials-dotnet, 5229733). 403 where a scope is missing.
- A: `StudentAttendanceByWeek` has `studentId` and MonAM to FriPM, and is asked for one week at a time by a noon between
  `startDate` and `endDate`. B: the date in its rows; a row that has one must be of the week that was asked for.
- A: `BasicAttendance` has `studentId, calendarStartDate, mark, periodDisplayName, attendanceComment`; period names are
  padded ("AM             ") and given again without the padding. Other periods than AM and PM are lessons.
- A: names of `StudentFlatView`, where some flags are "Yes" and "No" and one is true or false. B: leavers come with
  those whose `enrolmentEndDate` is not before the first day that is asked for; C: whether start and end are in a row.
- `everFsm6Flag` is not free school meals today, so it is not taken for it.

Neither entity tells minutes late. A blank cell is a missing mark where the child was on roll and the session was taken,
which those who receive the snapshot can tell; `-` is one in any case. What changed cannot be asked for, so the last
four weeks are read again each time. A leaver whose end is not told ended on the day of the last mark.

Bromcom Vision (OData) counts codes by week. That gives neither a day nor a session, so it is refused.
"""

from collections.abc import Mapping
from typing import Any

from halfday_sync.errors import SettingsError
from halfday_sync.sources.base import Site, Source
from halfday_sync.sources.bromcom.saved import Saved


def open_source(settings: Mapping[str, Any], site: Site) -> Source:
    """Bromcom, as the settings say.

    Raises:
        SettingsError: a setting or a secret is missing or wrong.
    """
    if settings.get("files"):
        return Saved(settings, site)
    if not str(settings.get("school_id", "")).isdecimal():
        raise SettingsError(
            "The settings for Bromcom are not complete.",
            problems=["source.school_id: write the school's number at Bromcom in quotes, or name saved files"],
            now="Correct halfday.toml.",
        )
    from halfday_sync.sources.bromcom.service import Service  # noqa: PLC0415 - files need no httpx

    secrets = {
        "ApplicationId": site.secret("Bromcom application ID"),
        "ApplicationSecret": site.secret("Bromcom application secret"),
    }
    return Service(settings, site, secrets)
