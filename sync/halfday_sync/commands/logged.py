"""What a verb says goes to the school's log as well."""

import argparse
from collections.abc import Callable
from functools import partial

from halfday_sync.commands.options import Said
from halfday_sync.errors import Exit

Run = Callable[[argparse.Namespace, Said], Exit]


def logged(run: Run) -> Run:
    """The same verb, with a log of what it says and of what stops it; a dry run and a folder of no school have none."""

    def kept(args: argparse.Namespace, said: Said) -> Exit:
        from halfday_sync import config as settings
        from halfday_sync import logbook

        if args.dry_run or not (args.school / settings.FILE).is_file():
            return run(args, said)
        return logbook.kept(args.school, said, partial(run, args))

    return kept
