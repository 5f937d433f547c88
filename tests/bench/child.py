"""One candidate in one fresh process: `python -m tests.bench.child WHAT FOLDER [OUT [RESULTS]]`.

Prints a line of JSON with the seconds measured inside, where that is what counts. With RESULTS, writes what it found
there, for the comparison; those runs are not timed.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.bench.school import Case, Results, read_case


def build_ours(case: Case, out: Path) -> Callable[[], Results]:
    from tests.bench import ours

    outcomes = ours.build(case, out)
    return lambda: ours.results(outcomes)


def build_grouped(case: Case, out: Path) -> Callable[[], Results]:
    from tests.bench import analyst, grouped

    frames = analyst.read(case)
    table = grouped.everything(frames)
    analyst.write_workbook(table, frames, out)
    return lambda: analyst.results(table)


def build_vectorised(case: Case, out: Path) -> Callable[[], Results]:
    from tests.bench import analyst, vectorised

    frames = analyst.read(case)
    table = vectorised.everything(frames)
    analyst.write_workbook(table, frames, out)
    return lambda: analyst.results(table)


def engine_ours(case: Case) -> Iterator[tuple[str, float, Results]]:
    from tests.bench import ours

    yield "stages", *ours.time_stages(case)
    yield "evaluate", *ours.time_evaluate(case)


def engine_grouped(case: Case) -> Iterator[tuple[str, float, Results]]:
    from tests.bench import grouped

    return _engine_peer(case, {"stages": grouped.stages, "evaluate": grouped.everything})


def engine_vectorised(case: Case) -> Iterator[tuple[str, float, Results]]:
    from tests.bench import vectorised

    return _engine_peer(case, {"stages": vectorised.stages, "evaluate": vectorised.everything})


def _engine_peer(case: Case, works: Mapping[str, Callable[[Any], Any]]) -> Iterator[tuple[str, float, Results]]:
    """The peers' frames are read before the clock starts, as our marks are; ten pupils first, to warm everything up."""
    from tests.bench import analyst

    frames = analyst.read(case)
    few = list(frames.pupils["pupil_id"][:10])
    small = replace(frames, marks=frames.marks[frames.marks["pupil_id"].isin(few)], pupils=frames.pupils[:10])
    for what, work in works.items():
        work(small)
        start = perf_counter()
        table = work(frames)
        seconds = perf_counter() - start
        if what == "stages":
            yield what, seconds, {row["pupil_id"]: analyst.stage_results(row) for row in table.to_dict("records")}
        else:
            yield what, seconds, analyst.results(table)


BUILDS = {"ours": build_ours, "grouped": build_grouped, "vectorised": build_vectorised}
ENGINES = {"ours": engine_ours, "grouped": engine_grouped, "vectorised": engine_vectorised}


def main(argv: list[str]) -> None:
    what, who, folder, out, *results = argv
    case = read_case(Path(folder))
    if what == "build":
        told = BUILDS[who](case, Path(out))
        if results:
            Path(results[0]).write_text(json.dumps(told()), encoding="utf-8")
    elif what == "store":
        from tests.bench import stores

        sys.stdout.write(json.dumps(stores.measure(case, Path(out))))
    else:
        found = list(ENGINES[who](case))
        sys.stdout.write(json.dumps({name: seconds for name, seconds, _ in found}))
        Path(out).write_text(json.dumps({name: told for name, _, told in found}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
