"""The peer most schools have: `groupby().apply()` with a function per pupil, in plain pandas."""

from typing import Any

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


def everything(frames: Frames) -> pd.DataFrame:
    """One row a pupil, with all that is compared."""
    dob = frames.pupils.set_index("pupil_id")["dob"].dt.date.to_dict()
    found = frames.marks.groupby("pupil_id").apply(_pupil, frames, dob)
    return found.reset_index()


def stages(frames: Frames) -> pd.DataFrame:
    """One row a pupil, with the stage and its first day."""
    return frames.marks.groupby("pupil_id").apply(_stage_row, frames).reset_index()


def _pupil(group: pd.DataFrame, frames: Frames, dob: dict[str, Any]) -> "pd.Series[Any]":
    code, when = group["code"], group["date"]
    flags = {count: code.isin(GROUPS[count]) for count in COUNTS}
    row: dict[str, Any] = {}
    for window in WINDOWS:
        inside = when >= pd.Timestamp(frames.starts[window])
        for count in COUNTS:
            row[f"{window} {count}"] = int((flags[count] & inside).sum())
    attended, possible = row["ytd attended"], row["ytd possible"]
    row["percent"] = percent(attended, possible, frames)
    row["band"] = band(attended, possible, frames)
    row["stage"], row["since"] = _stage(group, frames)
    row["persistent"] = 10 * (possible - attended) >= possible if possible else None
    row["severe"] = 2 * (possible - attended) >= possible if possible else None
    of_age = code.isin(UNAUTHORISED) & (when >= pd.Timestamp(school_age(dob[str(group.name)])))
    weekly = of_age.groupby(group["week"]).sum().reindex(range(len(frames.weeks)), fill_value=0)
    row["penalty"] = int(weekly.rolling(PENALTY_WEEKS, min_periods=1).sum().max())
    return pd.Series(row)


def _stage_row(group: pd.DataFrame, frames: Frames) -> "pd.Series[Any]":
    stage, since = _stage(group, frames)
    return pd.Series({"stage": stage, "since": since})


def _stage(group: pd.DataFrame, frames: Frames) -> tuple[int, Any]:
    """Day by day: up at once, down only on the last day of a half term."""
    flags = pd.DataFrame(
        {"day": group["day"], "possible": group["code"].isin(POSSIBLE), "attended": group["code"].isin(PRESENT)}
    )
    daily = flags.groupby("day").sum().cumsum()
    stage, since = 0, None
    for day, possible, attended in daily.itertuples():
        candidate = 0
        if possible >= LEAST:
            for number, figure, inside in frames.stages:
                if 100 * attended < figure * possible or (inside and 100 * attended == figure * possible):
                    candidate = number
        if candidate > stage or (candidate < stage and day in frames.reviews):
            stage, since = candidate, frames.days[day]
    return stage, since
