"""The school of a command, with all that people typed and saved in its workbook so far. Loaded only when needed."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import NamedTuple

from halfday_sync.commands.opening import opened
from halfday_sync.commands.pulling import tried
from halfday_sync.errors import UsageError
from halfday_sync.flavours import flavour_of
from halfday_sync.morning_run import School, read_and_worked_out
from halfday_sync.one_at_a_time import held
from halfday_sync.pipeline import Day
from halfday_sync.store import Store


class Saved(NamedTuple):
    """A school whose store is open, and what was worked out."""

    school: School
    day: Day


@contextmanager
def saved(args: argparse.Namespace, *, dry_run: bool) -> Iterator[Saved]:
    """The school, which no other run has meanwhile; a dry run takes everything back.

    Raises:
        UsageError: the day has not come yet.
    """
    config, policy = opened(args.school)
    if args.as_of and args.as_of > args.today:
        raise UsageError(f"--as-of {args.as_of} is later than today ({args.today}).", now="Give a day that has come.")
    with (
        held(config.store, args.now),
        Store.open(config.store, school=config.school) as store,
        tried(store) if dry_run else nullcontext(),
    ):
        school = School(config, store, policy, flavour_of(config), live=args.as_of is None)
        yield Saved(school, read_and_worked_out(school, args.as_of or args.today, now=args.now))
