"""`halfday policy`: `lint` finds gaps, overlaps, rounding traps, loose ends; `adopt` makes tried figures the policy."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, as_of_option, dry_run_option, school_option
from halfday_sync.errors import Exit

if TYPE_CHECKING:
    from halfday.policy.model import Policy
    from halfday_sync.adopting import Adoption
    from halfday_sync.store import Store


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `policy`."""
    parser = parsers.add_parser("policy", help="look at a policy, or adopt one: lint, adopt")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    lint = verbs.add_parser("lint", help="find what is wrong or open in a policy, and run its worked examples")
    lint.add_argument("policy", nargs="*", metavar="NAME_OR_FILE", help="policies by name or file (default: all)")
    lint.set_defaults(run=run)
    adopt = verbs.add_parser("adopt", help="make the figures tried on the Policy page the school's policy, dated")
    school_option(adopt)
    adopt.add_argument(
        "--from",
        dest="tried",
        type=Path,
        required=True,
        metavar="FILE",
        help="the tracker that was saved while trying, or a file with the text of ATT_POLICY",
    )
    adopt.add_argument("--who", required=True, metavar="NAME", help="who adopts it; kept with the policy")
    adopt.add_argument("--yes", action="store_true", help="do not ask again")
    dry_run_option(adopt)
    as_of_option(adopt, "adopt as on an earlier day, where no stage of it or later is decided yet (default: today)")
    adopt.set_defaults(run=run_adopt)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Lints each policy; exit 3 when one has faults or a worked example fails."""
    from halfday_sync.commands.linted import linted
    from halfday_sync.templates import policy_path, school_names

    return linted(args.policy or school_names(), lambda name: _lint(policy_path(name), said), said)


def _lint(path: Path, said: Said) -> int:
    from halfday.policy.examples import run as run_examples
    from halfday.policy.lint import FAULT
    from halfday.printing import counted
    from halfday_sync.templates import EXAMPLES_FILE, read_policy

    policy, findings = read_policy(path)
    faults = [finding for finding in findings if finding.level == FAULT]
    examples = path.with_name(EXAMPLES_FILE)
    failed = run_examples(policy, examples.read_text(encoding="utf-8-sig")) if examples.is_file() else []
    notes = len(findings) - len(faults)
    said(f"{policy.id}: {counted(len(faults), 'fault')}, {counted(notes, 'note')}, {_examples(examples, failed)}")
    for finding in findings:
        said(f"  {finding.level}: {finding}")
    for line in failed:
        said(f"  example: {line}")
    return len(faults) + len(failed)


def _examples(path: Path, failed: list[str]) -> str:
    if not path.is_file():
        return "no worked examples beside it"
    return f"worked examples: {len(failed)} differ" if failed else "all worked examples agree"


def run_adopt(args: argparse.Namespace, said: Said) -> Exit:
    """Says every change in words, then writes the policy file and records the act.

    A policy is in force from today. `--as-of`, the time machine, may say an earlier day where no outcome of that day or
    a later one is recorded; a day after today is refused, since a policy file is in force as soon as it is written.
    """
    from halfday_sync import config as settings
    from halfday_sync.adopting import carry_out, first_day, plan
    from halfday_sync.errors import UsageError
    from halfday_sync.store import Store

    who = " ".join("".join(c if c.isprintable() else " " for c in args.who).split())[:60]
    if not who:
        raise UsageError("--who is empty.", now="Say who adopts the policy, for example --who 'A. Bell'.")
    config = settings.load(args.school)
    with ExitStack() as closing:
        store = None
        if config.store.is_file():
            store = closing.enter_context(Store.open(config.store, school=config.school))
        decided = store.latest_outcome_day(date.max) if store else None
        on = first_day(args.as_of, today=args.today, decided=decided)
        adoption = plan(config, _tried(args.tried), on=on, who=who)
        for line in _what_it_would_do(adoption, store, on, args.tried):
            said(line)
        if args.dry_run:
            said("Dry run: nothing was changed.")
            return Exit.DONE
        if adoption.changes and not (args.yes or _agreed()):
            said("Not adopted. Nothing was changed.")
            return Exit.DONE
        carry_out(adoption, config, store)
    if adoption.changes:
        said(f"Adopted by {who}: {adoption.target.name}. The policy before it is kept: {adoption.kept.name}.")
        for line in _examples_to_look_at(adoption):
            said(line)
        said("Next: halfday run writes the tracker with it.")
    return Exit.DONE


def _what_it_would_do(adoption: "Adoption", store: "Store | None", on: date, tried: Path) -> Iterator[str]:
    from halfday.printing import counted

    yield from adoption.changes
    yield from adoption.hints
    if adoption.changes:
        yield f"{counted(len(adoption.changes), 'change')}, in force from {on.day} {on:%B %Y}."
        yield from _moved(adoption, store, on)
        return
    yield "Nothing differs from the policy in force: there is nothing to adopt."
    if _is_workbook(tried):
        yield "A tracker keeps what is tried only where its functions are live, and once it is saved."


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in {".xlsx", ".xlsm"}


def _tried(path: Path) -> str:
    """The text of ATT_POLICY: what a saved tracker keeps of it, or what a file says."""
    from halfday_sync.adopting import from_clipboard, refuse_faults_of_the_page, refuse_policy_file

    text = from_clipboard(_of_tracker(path) if _is_workbook(path) else _of_file(path))
    refuse_policy_file(text)
    refuse_faults_of_the_page(text)
    return text


def _of_tracker(path: Path) -> str:
    from halfday_sync.workbook.named import named_value

    value = named_value(path, "PolicyText")
    return "" if value is None else str(value)


def _of_file(path: Path) -> str:
    from halfday_sync.adopting.tried import HOW
    from halfday_sync.errors import UsageError

    try:
        data = path.read_bytes()
        # Notepad writes UTF-16 where it is asked to, always with a byte-order mark.
        return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"The file {path.name} cannot be read.", now=HOW) from fault


def _agreed() -> bool:
    from halfday_sync.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to ask.", now="Add --yes to adopt, or --dry-run to look only.")
    return input("Adopt this policy? (yes or no) ").strip().casefold() in {"y", "yes"}


def _moved(adoption: "Adoption", store: "Store | None", on: date) -> list[str]:
    """How many pupils the new figures would put at another stage today, had they been in force already."""
    from halfday.printing import counted
    from halfday_sync.errors import SourceError
    from halfday_sync.pipeline import work_out

    none = ["There are no marks yet, so pupils could not be counted."]
    if store is None:
        return none
    try:
        before = work_out(store, adoption.old, on)
    except SourceError:  # no marks yet
        return none

    def stages(policy: "Policy") -> dict[str, int]:
        return {one.pupil.pupil_id: one.stage for one in work_out(store, policy, on).outcomes}

    was = {one.pupil.pupil_id: one.stage for one in before.outcomes}
    now = stages(adoption.as_if_from(before.settled))
    up = sum(now[pupil] > stage for pupil, stage in was.items())
    down = sum(now[pupil] < stage for pupil, stage in was.items())
    already = "Had it been in force already,"
    if not up and not down:
        return [f"{already} no pupil would be at another stage today."]
    return [f"{already} {counted(up + down, 'pupil')} would be at another stage today: {up} higher, {down} lower."]


def _examples_to_look_at(adoption: "Adoption") -> list[str]:
    """Worked examples beside the policy were written for the figures before."""
    from halfday.policy.examples import run as run_examples
    from halfday.printing import counted
    from halfday_sync.templates import EXAMPLES_FILE

    path = adoption.target.with_name(EXAMPLES_FILE)
    failed = run_examples(adoption.new, path.read_text(encoding="utf-8-sig")) if path.is_file() else []
    if not failed:
        return []
    differ = counted(len(failed), "expectation of the worked examples", "expectations of the worked examples")
    return [f"{differ} no longer agree: 'halfday policy lint {adoption.target.name}' lists them."]
