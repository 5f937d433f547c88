"""`halfday evaluate`: files of the contract in, one outcome per pupil out. Other programs depend on it."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from halfday_sync.commands.options import Said, as_of_option
from halfday_sync.errors import Exit, UsageError


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `evaluate`."""
    parser = parsers.add_parser("evaluate", help="work out every pupil of two CSV files under a policy")
    parser.add_argument("--policy", required=True, metavar="NAME_OR_FILE", help="a policy by name, or a policy.toml")
    parser.add_argument("--pupils", required=True, type=Path, metavar="CSV", help="pupils.csv of the contract")
    parser.add_argument("--marks", required=True, type=Path, metavar="CSV", help="marks.csv of the contract")
    parser.add_argument("--calendar", type=Path, metavar="CSV", help="calendar.csv; without it the marks tell the days")
    parser.add_argument("--json", action="store_true", help="JSON, for programs")
    as_of_option(parser, "the last day that counts")
    parser.set_defaults(run=run)


def _odd_days(taught: Iterable[date], calendar: Mapping[date, str]) -> list[str]:
    """Days with marks on which the calendar says there was no school; the marks count all the same."""
    odd = [day for day in taught if calendar.get(day, "school") not in {"school", "closure"}]
    if not odd:
        return []
    shown = ", ".join(map(str, odd[:5])) + (" …" if len(odd) > 5 else "")
    return [f"{len(odd)} days have marks though the calendar says there was no school: {shown}. The marks count."]


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Reads, evaluates, prints."""
    from halfday.policy.evaluate import evaluate
    from halfday.school_year import Calendar
    from halfday_sync.sources.tabular import read_contract
    from halfday_sync.templates import policy_path, usable_policy

    if args.as_of is None:
        raise UsageError("evaluate needs --as-of: the last day that counts, for example 2025-12-05.")
    policy = usable_policy(policy_path(args.policy))
    snapshot = read_contract(args.pupils, args.marks, args.calendar)
    calendar = Calendar.told(snapshot.calendar, snapshot.register.days_taught)
    for note in (*snapshot.notes, *_odd_days(snapshot.register.days_taught, snapshot.calendar)):
        print(note, file=sys.stderr)  # noqa: T201 - stdout is for the answer alone
    outcomes = evaluate(policy, snapshot.pupils, snapshot.register, calendar, args.as_of)
    if args.json:
        said(
            json.dumps(
                {
                    "as_of": args.as_of.isoformat(),
                    "policy": policy.id,
                    "pupils": [outcome.to_json() for outcome in outcomes],
                },
                indent=1,
            )
        )
        return Exit.DONE
    said(f"{policy.school.name}, as of {args.as_of:%d/%m/%Y}")
    for one in outcomes:
        stage = f"stage {one.stage}" if one.stage else "no stage"
        said(f"{one.pupil.pupil_id}  {one.percent or '-':>6}  {one.band or 'no result'}  {stage}  {one.why}")
    return Exit.DONE
