"""Snapshots as a source gives them, in as few words as a test can say them; invented pupils only."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from halfday.register import Mark, Pupil, Register, SessionKey
from halfday_sync.receiving.taking_in import Taken, take_in
from halfday_sync.sources.base import SetAside, Snapshot
from halfday_sync.store import Store

MON = date(2025, 9, 8)
KIND = "wonde"


def day(number: int) -> date:
    """School days from Monday 8 September 2025 on, without holidays."""
    return MON + timedelta(days=number + 2 * (number // 5))


def at(on: date, hour: int = 7) -> datetime:
    return datetime(on.year, on.month, on.day, hour, 15, tzinfo=UTC)


def child(number: int, **more: Any) -> Pupil:
    """An invented pupil with an invented UPN."""
    details: dict[str, Any] = {
        "upn": f"X99900000{number:04d}",
        "surname": f"Sur{number}",
        "forename": f"Fore{number}",
        "dob": date(2016, 1, 1) + timedelta(days=number),
        "class_name": "Ash",
        "year_group": "4",
    }
    return Pupil(more.pop("pupil_id", f"{2100 + number}"), **{**details, **more})


CLASS = tuple(child(number) for number in range(1, 13))
IDS = tuple(pupil.pupil_id for pupil in CLASS)


def whole_days(numbers: Iterable[int], ids: Iterable[str] = IDS, code: str = "/\\") -> list[Mark]:
    """Both sessions of these days for all of them: present, or one code."""
    ids = tuple(ids)
    am, pm = (code[0], code[1]) if code == "/\\" else (code, code)
    return [
        Mark(who, day(number), session, mark)
        for number in numbers
        for session, mark in (("AM", am), ("PM", pm))
        for who in ids
    ]


def told(marks: Iterable[Mark], pupils: tuple[Pupil, ...] = CLASS, **more: Any) -> Snapshot:
    """A snapshot, whole unless it says since when; of a session's marks the last one counts."""
    whole = {"whole": more.get("since") is None}
    return Snapshot(pupils, Register.from_marks(marks, [pupil.pupil_id for pupil in pupils]), **(whole | more))


def aside(who: str, number: int, session: str = "AM") -> SetAside:
    return SetAside(
        who, day(number), session, "The source gives I and N. Neither was taken: say in the MIS which is right."
    )


def taken(store: Store, snapshot: Snapshot, on: date, hour: int = 7, **more: Any) -> Taken:
    """Takes a snapshot in on the morning of a day."""
    return take_in(store, snapshot, today=on, now=at(on, hour), **{"source": KIND, **more})


def known(store: Store) -> dict[tuple[str, date, str], str]:
    """Every mark in the store."""
    return {(mark.pupil_id, mark.date, mark.session): mark.code for mark in store.register().marks()}


def dump(store: Store) -> str:
    """Everything in the store."""
    return "\n".join(store._db.iterdump())


def opened(folder: Path) -> Store:
    return Store.open(folder / "store.db", school="Little Oak")


def session(number: int, half: str = "AM") -> SessionKey:
    return SessionKey(day(number), half)
