"""`halfday policy lint`: gaps, overlaps, rounding traps and loose ends of a policy, and its worked examples."""

import argparse
from pathlib import Path

from halfday_sync.commands.options import Said
from halfday_sync.errors import Exit


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `policy`."""
    parser = parsers.add_parser("policy", help="look at a policy: lint")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    lint = verbs.add_parser("lint", help="find what is wrong or open in a policy, and run its worked examples")
    lint.add_argument("policy", nargs="*", metavar="NAME_OR_FILE", help="policies by name or file (default: all)")
    lint.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Lints each policy; exit 3 when one has faults or a worked example fails."""
    from halfday_sync.errors import SettingsError
    from halfday_sync.templates import policy_path, school_names

    code = Exit.DONE
    for name in args.policy or school_names():
        try:
            faults = _lint(policy_path(name), said)
        except SettingsError as fault:
            said(fault.text())
            faults = 1
        if faults:
            code = Exit.SETTINGS
    return code


def _lint(path: Path, said: Said) -> int:
    from halfday.policy.examples import run as run_examples
    from halfday.policy.lint import FAULT
    from halfday.printing import counted
    from halfday_sync.templates import EXAMPLES_FILE, read_policy

    policy, findings = read_policy(path)
    faults = [finding for finding in findings if finding.level == FAULT]
    examples = path.with_name(EXAMPLES_FILE)
    failed = run_examples(policy, examples.read_text(encoding="utf-8")) if examples.is_file() else []
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
