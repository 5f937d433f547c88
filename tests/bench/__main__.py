"""`python -m tests.bench [--pupils 420 1500] [--rounds 5]`: Halfday beside its peers, in one run. See README.md."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from tests.bench import table
from tests.bench.school import POLICY, Case, Results, must_agree, write_case

ROOT = Path(__file__).parents[2]
PEERS = {"groupby.apply": "grouped", "vectorised pandas": "vectorised"}
CANDIDATES = ("ours", *PEERS.values())
_HALF_TERMS = ("Half term ", "Autumn ", "Spring ", "Summer ")
_CHILD = ("-m", "tests.bench.child")
HELP = {
    "help ours": ["-m", "halfday_sync", "--help"],
    "help bare": ["-c", "pass"],
    "help pandas": ["-c", "import pandas, openpyxl"],
}


class Bench:
    """One run: files written once, results compared, then every candidate in turn, round after round."""

    def __init__(self, folder: Path, sizes: Sequence[int]) -> None:
        self.folder = folder
        self.cases = [write_case(folder / f"files-{size}", size) for size in sizes]
        self._environment = _environment(folder)
        self.times: dict[str, list[float]] = defaultdict(list)

    def check(self) -> Iterator[str]:
        """Everybody's results, pupil by pupil, and the two workbooks' registers, before any time is taken."""
        for case in self.cases:
            found = {}
            for who in CANDIDATES:
                path = self.folder / f"{who}.json"
                self._python(*_CHILD, "build", who, case.folder, self._out(case, who), path)
                found[who] = json.loads(path.read_text(encoding="utf-8"))
            for peer in PEERS.values():
                must_agree(found["ours"], found[peer], peer)
                must_agree(_marks(self._out(case, "ours")), _marks(self._out(case, peer)), f"the workbook of {peer}")
            stages = {pupil: (said["stage"], said["since"]) for pupil, said in found["ours"].items()}
            moved = sum(1 for stage, _ in stages.values() if stage)
            yield f"{case.pupils} pupils: all results agree, pupil by pupil ({moved} of them at a stage)."
            self._halfday_run(case)
        self._helps()
        self.times.clear()  # those were only to have every module compiled

    def round(self) -> None:
        """Every candidate once, one after the other, so that a slow minute of the machine meets them all."""
        for case in self.cases:
            size = case.pupils
            for who in CANDIDATES:
                self._timed(f"build {size} {who}", *_CHILD, "build", who, case.folder, self._out(case, who))
            self._halfday_run(case)
            found = {who: self._engine(case, who) for who in CANDIDATES}
            for peer in PEERS.values():
                for what, results in found["ours"].items():
                    must_agree(results, found[peer][what], peer)
            self._stores(case)
        self._helps()

    def _helps(self) -> None:
        for name, command in HELP.items():
            self._timed(name, *command)

    def _python(self, *command: object) -> str:
        """A fresh interpreter; whatever it says is shown when it fails."""
        done = subprocess.run(
            [sys.executable, *map(str, command)],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            what = " ".join(map(str, command[:4]))
            raise SystemExit(f"{what} failed ({done.returncode}):\n{done.stderr}{done.stdout}")
        return done.stdout

    def _out(self, case: Case, who: str) -> Path:
        return self.folder / f"{who}-{case.pupils}.xlsx"

    def _timed(self, name: str, *command: object) -> None:
        start = perf_counter()
        self._python(*command)
        self.times[name].append(perf_counter() - start)

    def _run_folder(self, case: Case) -> Path:
        """A school's folder with settings, and no store yet."""
        from halfday_sync import config

        folder = self.folder / f"school-{case.pupils}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        files = {"pupils": case.pupils_csv, "marks": case.marks_csv, "calendar": case.calendar_csv}
        source = {"kind": "contract", **{key: str(path) for key, path in files.items()}}
        config.write(folder, "Larkfield", POLICY, source)
        return folder

    def _halfday_run(self, case: Case) -> None:
        folder = self._run_folder(case)
        command = ("-m", "halfday_sync", "run", "--school", folder, "--as-of", case.today)
        self._timed(f"first run {case.pupils}", *command)
        self._timed(f"next run {case.pupils}", *command)

    def _engine(self, case: Case, who: str) -> dict[str, Results]:
        path = self.folder / f"engine-{who}.json"
        said = self._python(*_CHILD, "engine", who, case.folder, path)
        for what, seconds in json.loads(said).items():
            self.times[f"{what} {case.pupils} {who}"].append(seconds)
        found: dict[str, Results] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def _stores(self, case: Case) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            said = json.loads(self._python(*_CHILD, "store", "both", case.folder, folder))
        for name, seconds in said.items():
            self.times[f"{name} {case.pupils}"].append(seconds)


def _environment(folder: Path) -> dict[str, str]:
    """Compiled modules are kept, as on a school's computer, in our own folder. Otherwise every import compiles anew."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def _marks(path: Path) -> Results:
    """The register sheet of a workbook: each pupil's texts, one a half term, by the place of the half term."""
    from python_calamine import CalamineWorkbook

    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Register").to_python()
    half_terms = [at for at, title in enumerate(header) if str(title).startswith(_HALF_TERMS)]
    return {
        str(row[0]): {str(number): str(row[at]).rstrip(" .") for number, at in enumerate(half_terms)}
        for row in rows
        if row[0]
    }


def wanted(sizes: Sequence[int]) -> Iterator[table.Line]:
    """The lines of the table."""
    for size in sizes:
        peers = {f"{name} + openpyxl": f"build {size} {who}" for name, who in PEERS.items()}
        goal = "<= 0.35 s" if size == 420 else ""
        yield table.Line(f"files -> workbook, {size} pupils, fresh process", f"build {size} ours", peers, goal)
        yield table.Line(f"  halfday run, {size} pupils, empty store", f"first run {size}", {})
        yield table.Line(f"  halfday run, {size} pupils, store filled", f"next run {size}", {})
    for size in sizes:
        peers = {name: f"stages {size} {who}" for name, who in PEERS.items()}
        yield table.Line(f"replay of stages, {size} pupils", f"stages {size} ours", peers, _engine_goal(size))
        peers = {name: f"evaluate {size} {who}" for name, who in PEERS.items()}
        yield table.Line(f"whole evaluate, {size} pupils (ours also says why)", f"evaluate {size} ours", peers)
    for size in sizes:
        goals = ("<= 1 ms", "<= 2 ms") if size == 420 else ("", "")
        for (work, key), goal in zip((("acknowledge one day", "day"), ("read the year", "read")), goals, strict=True):
            peers = {"row-per-mark SQLite": f"{key} rows {size}"}
            yield table.Line(f"store: {work}, {size} pupils", f"{key} ours {size}", peers, goal)
    others = {"python -c pass": "help bare", "import pandas, openpyxl": "help pandas"}
    yield table.Line("halfday --help", "help ours", others, "<= 0.15 s")


def _engine_goal(size: int) -> str:
    return "<= 0.4 s with the engine" if size == 1500 else ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--pupils", type=int, nargs="+", default=[420, 1500], metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="halfday-bench-") as folder:
        bench = Bench(Path(folder), args.pupils)
        for line in bench.check():
            _say(line)
        for number in range(args.rounds):
            bench.round()
            _say(f"Round {number + 1} of {args.rounds} done.")
    for line in ("", *table.lines(list(wanted(args.pupils)), bench.times), "", *_remarks(args.rounds)):
        _say(line)


def _remarks(rounds: int) -> Iterator[str]:
    load = ", ".join(f"{figure:.1f}" for figure in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    yield f"Medians of {rounds} interleaved rounds; ratio = peer / ours."
    yield f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load}."
    yield "The machine is noisy: compare within this run only. No time is asserted anywhere."
    yield "The peers do less: no triggers, actions, reasons or morning; two sheets, not seven; no formulas."


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
