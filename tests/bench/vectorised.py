"""The peer a careful analyst would write: vectorised pandas, and numpy over pupils for the ratchet."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # noqa: TID251 - a peer: this is what it is measured with
from tests.bench.analyst import (
    GROUPS,
    LEAST,
    PENALTY_WEEKS,
    POSSIBLE,
    PRESENT,
    UNAUTHORISED,
    Frames,
    band,
    percent,
    school_age,
)
from tests.bench.school import COUNTS, WINDOWS

Ints = npt.NDArray[np.int64]


def everything(frames: Frames) -> pd.DataFrame:
    """One row a pupil, with all that is compared."""
    marks = frames.marks
    flags = pd.DataFrame({count: marks["code"].isin(GROUPS[count]) for count in COUNTS})
    ids = frames.pupils["pupil_id"]
    parts = []
    for window in WINDOWS:
        inside = marks["date"] >= pd.Timestamp(frames.starts[window])
        sums = flags[inside].groupby(marks.loc[inside, "pupil_id"]).sum().reindex(ids, fill_value=0)
        parts.append(sums.add_prefix(f"{window} "))
    table = pd.concat(parts, axis=1)
    attended, possible = table["ytd attended"], table["ytd possible"]
    pairs = list(zip(attended.tolist(), possible.tolist(), strict=True))
    table["percent"] = [percent(a, p, frames) for a, p in pairs]
    table["band"] = [band(a, p, frames) for a, p in pairs]
    table["persistent"] = (10 * (possible - attended) >= possible).astype(object).where(possible > 0, None)
    table["severe"] = (2 * (possible - attended) >= possible).astype(object).where(possible > 0, None)
    table["penalty"] = _penalty(frames)
    found = stages(frames).set_index("pupil_id")
    table["stage"], table["since"] = found["stage"], found["since"]
    return table.rename_axis("pupil_id").reset_index()


def _penalty(frames: Frames) -> "pd.Series[Any]":
    marks = frames.marks
    counted = marks[marks["code"].isin(UNAUTHORISED)]
    dob = frames.pupils.set_index("pupil_id")["dob"].dt.date
    from_ = pd.to_datetime(dob.map(school_age))
    counted = counted[counted["date"].to_numpy() >= counted["pupil_id"].map(from_).to_numpy()]
    weekly = counted.groupby(["pupil_id", "week"]).size().unstack(fill_value=0)  # noqa: PD010 - pivot_table is slower
    weekly = weekly.reindex(index=dob.index, columns=range(len(frames.weeks)), fill_value=0)
    return weekly.T.rolling(PENALTY_WEEKS, min_periods=1).sum().max().astype(int)


def stages(frames: Frames) -> pd.DataFrame:
    """One row a pupil, with the stage and its first day: cumulative sums, then one pass over the days."""
    ids = frames.pupils["pupil_id"]
    attended, here = _by_day(frames, PRESENT, ids), _by_day(frames, None, ids) > 0
    possible = _by_day(frames, POSSIBLE, ids)
    attended, possible = attended.cumsum(axis=0), possible.cumsum(axis=0)
    candidates = np.zeros_like(possible)
    for number, figure, inside in frames.stages:
        exact = 100 * attended - figure * possible
        candidates[(exact <= 0) if inside else (exact < 0)] = number
    candidates[possible < LEAST] = 0
    stage, since = np.zeros(len(ids), np.int64), np.full(len(ids), -1)
    for day, candidate in enumerate(candidates):
        moved = candidate != stage if day in frames.reviews else candidate > stage
        moved &= here[day]
        stage[moved], since[moved] = candidate[moved], day
    dates = [frames.days[day] if day >= 0 else None for day in since.tolist()]
    return pd.DataFrame({"pupil_id": ids.to_numpy(), "stage": stage, "since": pd.Series(dates, dtype=object)})


def _by_day(frames: Frames, codes: list[str] | None, ids: "pd.Series[str]") -> Ints:
    """How many marks of these codes each pupil has on each day: a row a day, a column a pupil."""
    marks = frames.marks if codes is None else frames.marks[frames.marks["code"].isin(codes)]
    counts = marks.groupby(["day", "pupil_id"]).size().unstack(fill_value=0)  # noqa: PD010 - pivot_table is slower
    last = int(frames.marks["day"].max())
    found: Ints = counts.reindex(index=range(last + 1), columns=ids, fill_value=0).to_numpy()
    return found
