"""Our store beside a row a mark: the year put in but for its last day, that day acknowledged, the year read."""

from datetime import UTC, datetime, time
from pathlib import Path
from time import perf_counter

from tests.bench.ours import read
from tests.bench.rowstore import Row, RowStore
from tests.bench.school import Case, DisagreementError

from halfday import codes
from halfday.register import Register
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import Store


def measure(case: Case, folder: Path) -> dict[str, float]:
    """Seconds by what was done and who did it; both stores must give back the same year."""
    _, snapshot, _ = read(case)
    year = snapshot.register
    until = sum(key.date < case.today for key in year.sessions)
    first = Register(year.pupils, year.sessions[:until], year.rows[:until])
    last = Register(year.pupils, year.sessions[until:], year.rows[until:])
    seconds: dict[str, float] = {}
    ours = _ours(snapshot, first, last, folder / "ours.db", case, seconds)
    rows = _rows(first, last, folder / "rows.db", seconds)
    told = [(mark.pupil_id, mark.date.isoformat(), mark.session, mark.code) for mark in ours.marks()]
    if sorted(told) != sorted(rows) or ours.rows != year.rows:
        raise DisagreementError("the two stores do not give back the same year")
    return seconds


def _ours(
    snapshot: Snapshot, first: Register, last: Register, path: Path, case: Case, seconds: dict[str, float]
) -> Register:
    now = datetime.combine(case.today, time(16), UTC)
    with Store.open(path, school="Larkfield") as store:
        start = perf_counter()
        store.acknowledge(Snapshot(snapshot.pupils, first, snapshot.calendar), recorded_at=now, source="bench")
        seconds["load ours"] = perf_counter() - start
        start = perf_counter()
        store.acknowledge(Snapshot(snapshot.pupils, last, snapshot.calendar), recorded_at=now, source="bench")
        seconds["day ours"] = perf_counter() - start
        start = perf_counter()
        found = store.register()
        seconds["read ours"] = perf_counter() - start
    return found


def _rows(first: Register, last: Register, path: Path, seconds: dict[str, float]) -> list[Row]:
    store = RowStore(path)
    for name, register in (("load", first), ("day", last)):
        rows = list(_listed(register))
        start = perf_counter()
        store.acknowledge(rows, 1)
        seconds[f"{name} rows"] = perf_counter() - start
    start = perf_counter()
    found = store.read()
    seconds["read rows"] = perf_counter() - start
    store.close()
    return found


def _listed(register: Register) -> list[Row]:
    table = codes.by_id()
    return [
        (pupil_id, key.date.isoformat(), key.session, table[code_id].code)
        for key, row in zip(register.sessions, register.rows, strict=True)
        for pupil_id, code_id in zip(register.pupils, row, strict=True)
        if code_id
    ]
