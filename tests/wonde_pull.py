"""Pulling from the emulator, as a run does."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.wonde_school import SCHOOL_ID
from tests.wonde_service import TOKEN, Service

from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Progress, Site, Snapshot, unseen
from halfday_sync.sources.wonde import Wonde, open_source

TODAY = date(2025, 9, 15)
NOW = datetime(2025, 9, 15, 6, 15, tzinfo=UTC)
"""The Monday after the two weeks of the invented school, before school."""


def site(
    *,
    today: date = TODAY,
    now: datetime = NOW,
    waits: list[float] | None = None,
    token: str = TOKEN,
    progress: Progress = unseen,
) -> Site:
    """The world of a pull; what would be waited is recorded in `waits`."""
    return Site(Path(), today, now, (waits if waits is not None else []).append, lambda _: token, progress)


def source(wonde: Service, at: Site | None = None, **settings: Any) -> Wonde:
    """The source, as the settings of a school open it."""
    usual = {"kind": "wonde", "school_id": SCHOOL_ID, "address": wonde.address, "per_page": 50}
    return open_source(completed({**usual, **settings}), at or site())


def marks(snapshot: Snapshot) -> dict[tuple[str, date, str], str]:
    """Code by pupil id, date and session."""
    return {(mark.pupil_id, mark.date, mark.session): mark.code for mark in snapshot.register.marks()}


def ids(wonde: Service) -> dict[str, str]:
    """Admission number by Wonde's id."""
    listed = {**wonde.school.students, **wonde.school.leavers}
    return {id_: row["education_details"]["data"]["admission_number"] for id_, row in listed.items()}


def by_admission(wonde: Service, number: str) -> str:
    """Wonde's id of a child."""
    return next(id_ for id_, admission in ids(wonde).items() if admission == number)
