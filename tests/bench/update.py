"""`python -m tests.bench.update [--pupils 2000] [--rounds 3]`: a morning update beside openpyxl's load, edit and save.

Both get the same file (a tracker of yesterday, with a full register of a year) and change the same cells. openpyxl
writes just the cells in which our updated file differs, so it is spared every decision: reading, planning, laying out,
proving.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, TypeVar

from tests.bench.school import Case, read_case, write_case
from tests.bench.table import shown

ROOT = Path(__file__).parents[2]
STEPS = ("files -> the fresh tracker", "read", "plan", "splice", "prove")
_PLAN = "plan"  # the one step of an update that is timed from within
PEER = "openpyxl: load, edit, save"
_OURS = "the update"

Found = dict[str, float]
T = TypeVar("T")


def prepare(folder: Path, pupils: int) -> None:
    """Yesterday's tracker, stamped, and today's fresh one; written once, outside all times."""
    from halfday_sync.workbook.update.updating import stamped

    case = write_case(folder, pupils)
    before, after = (_fresh(case, back) for back in (1, 0))
    data, _stamp, noted = stamped(before)
    for name, content in {"sent": before, "noted": noted, "now": data, "fresh": after}.items():
        (folder / f"{name}.bin").write_bytes(content)


def _fresh(case: Case, back: int) -> bytes:
    """The tracker on the case's morning, or as it was so many school days before."""
    from tests.bench import ours

    from halfday.morning import morning
    from halfday.policy.evaluate import evaluate
    from halfday.register import Register
    from halfday_sync.workbook.build import checked_bytes
    from halfday_sync.workbook.flavour import Flavour
    from halfday_sync.workbook.view import View

    policy, snapshot, calendar = ours.read(case)
    register = snapshot.register
    settled, today = [day for day in calendar.school_days if day <= case.today][-2 - back :][:2]
    if back:
        register = Register.from_marks((mark for mark in register.marks() if mark.date <= today), register.by_pupil)
    outcomes = evaluate(policy, snapshot.pupils, register, calendar, settled)
    now = datetime.combine(today, time(9, 30), UTC)
    view = View(
        school="Larkfield",
        policy=policy,
        calendar=calendar,
        pupils=[one.pupil for one in outcomes],
        register=register,
        outcomes=outcomes,
        morning=morning(policy, outcomes, register, calendar, today, None),
        last_checked=now,
        last_changed=now,
        marks_until=settled,
        source="files",
        version="bench",
    )
    return checked_bytes(view, Flavour())


def measure_ours(folder: Path) -> Found:
    """The update of one morning, step by step, in this process; without the garbage collector, as in a run."""
    from halfday_sync.workbook.build import no_collection

    with no_collection():
        return _measured(folder)


def _measured(folder: Path) -> Found:
    from halfday_sync.workbook.update import updating
    from halfday_sync.workbook.update.plan import Plan
    from halfday_sync.workbook.update.planning import Wishes
    from halfday_sync.workbook.update.reading import opened

    told: Found = {}
    case = read_case(folder)
    _timed(told, STEPS[0], lambda: _fresh(case, 0))
    stored = {name: (folder / f"{name}.bin").read_bytes() for name in ("sent", "noted", "now", "fresh")}
    packages = _timed(told, STEPS[1], lambda: {name: opened(stored[name]) for name in ("sent", "now", "fresh")})
    sent = updating.Sent(packages["sent"], stored["noted"])
    planning: Callable[..., Plan] = getattr(updating, _PLAN)
    setattr(updating, _PLAN, lambda *given: _timed(told, STEPS[2], lambda: planning(*given)))
    start = perf_counter()
    made = updating.updated(packages["now"], packages["fresh"], sent, Wishes())
    told[STEPS[3]] = perf_counter() - start - told[STEPS[2]]
    _timed(told, STEPS[4], lambda: made.prove(opened(stored["now"]), made.data))
    (folder / "updated.xlsx").write_bytes(made.data)
    return told


def differences(folder: Path) -> int:
    """Writes down in which cells the updated file differs, for the peer; gives how many."""
    from halfday_sync.workbook.update.reading import opened, seen

    now = seen(opened((folder / "now.bin").read_bytes()))
    after = seen(opened((folder / "updated.xlsx").read_bytes()))
    cells = [
        (name, *at, f"={cell.formula}" if cell.formula else cell.value)
        for name, sheet in after.sheets.items()
        for at, cell in sheet.cells.items()
        if name in now.sheets and (cell.value, cell.formula) != now.sheets[name].at(*at)[:2]
    ]
    (folder / "cells.json").write_text(json.dumps(cells), encoding="utf-8")
    return len(cells)


def measure_peer(folder: Path) -> Found:
    """What a script with openpyxl does: load, write the cells, save."""
    from openpyxl import load_workbook  # noqa: TID251 - the peer

    cells = json.loads((folder / "cells.json").read_text(encoding="utf-8"))
    told: Found = {}
    workbook = _timed(told, "load", lambda: load_workbook(folder / "now.xlsx"))

    def edit() -> None:
        for sheet, row, column, value in cells:
            workbook[sheet].cell(row, column).value = value

    _timed(told, "edit", edit)
    _timed(told, "save", lambda: workbook.save(folder / "peer.xlsx"))
    return told


def _timed(told: Found, name: str, work: Callable[[], T]) -> T:
    start = perf_counter()
    made = work()
    told[name] = perf_counter() - start
    return made


def _peak() -> float:
    """The most memory that this process ever had, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def child(what: str, folder: Path) -> None:
    """One candidate in this process; prints its times and its memory."""
    told = {"ours": measure_ours, "peer": measure_peer}[what](folder)
    sys.stdout.write(json.dumps({"seconds": told, "peak": _peak()}))


def _run(what: str, folder: Path) -> Any:
    command = [sys.executable, "-m", "tests.bench.update", "--child", what, "--folder", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{what} failed ({done.returncode}):\n{done.stderr}")
    return json.loads(done.stdout)


def measure(folder: Path, pupils: int, rounds: int) -> Iterator[str]:
    """The table, line by line."""
    prepare(folder, pupils)
    _run("ours", folder)  # every module compiled, and the updated file for the peer's cells
    (folder / "now.xlsx").write_bytes((folder / "now.bin").read_bytes())
    changed = differences(folder)
    runs: Mapping[str, list[Any]] = {"ours": [], "peer": []}
    for _round in range(rounds):
        for what, told in runs.items():
            told.append(_run(what, folder))
    yield f"{pupils:,} pupils, {(folder / 'now.bin').stat().st_size / 2**20:.1f} MB, {changed:,} cells change"
    yield from table(runs)


def table(runs: Mapping[str, list[Any]]) -> Iterator[str]:
    """Medians, and how many times as much of ours the peer takes."""
    ours, peer = (_medians([run["seconds"] for run in told]) for told in runs.values())
    peaks = {what: median(run["peak"] for run in told) for what, told in runs.items()}
    update = sum(seconds for name, seconds in ours.items() if name != STEPS[0])
    theirs = sum(peer.values())
    row = "{:<34} {:>9}  {:<30} {:>9} {:>7}"
    yield row.format("work", "ours", "peer", "peer", "ratio").rstrip()
    yield "-" * 93
    yield row.format(_OURS, shown(update), PEER, shown(theirs), f"{theirs / update:.1f}x")
    for name, seconds in ours.items():
        label = f"  {name}" if name != STEPS[0] else f"{name}, before it"
        yield row.format(label, shown(seconds), "", "", "").rstrip()
    for name, seconds in peer.items():
        yield row.format("", "", f"  {name}", shown(seconds), "").rstrip()
    mine, other = peaks["ours"], peaks["peer"]
    yield row.format(
        "most memory, building included", f"{mine:.0f} MB", PEER, f"{other:.0f} MB", f"{other / mine:.1f}x"
    )


def _medians(told: Sequence[Found]) -> Found:
    return {name: median(one[name] for one in told) for name in told[0]}


def main() -> None:
    """Prints the table, or is one candidate of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.update", description=__doc__)
    parser.add_argument("--pupils", type=int, default=2000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--child", choices=["ours", "peer"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child, args.folder)
        return
    with tempfile.TemporaryDirectory(prefix="halfday-bench-") as folder:
        for line in measure(Path(folder), args.pupils, args.rounds):
            _say(line)
    load = ", ".join(f"{figure:.1f}" for figure in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    _say(f"Medians of {args.rounds} rounds in turn, each in a fresh process.")
    _say(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load}. Compare within this run only.")
    _say("The peer is handed the cells: it reads nothing that people typed, plans nothing, proves nothing.")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
