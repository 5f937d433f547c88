"""The findings as lines for a person, or as JSON for a program that looks after forty schools."""

import json
from collections.abc import Iterable, Iterator, Sequence

from halfday_sync.doctor.finding import Finding, Level, Site, is_wrong, next_step
from halfday_sync.errors import Exit

SIGNS = {Level.FINE: "✓", Level.NOTE: "!", Level.UNKNOWN: "!", Level.WRONG: "✗", Level.LEFT_OUT: "-"}
_INDENT = " " * 6
_PROBLEMS = (Level.WRONG, Level.UNKNOWN, Level.NOTE)
"""What needs somebody, the worst first."""


def lines(findings: Sequence[Finding], *, everything: bool = False) -> Iterator[str]:
    """What needs somebody first, the worst before the rest; then what is fine; at the end the one thing to do next.

    Args:
        findings: as they were found.
        everything: with the reason for every check, and with what was not looked at.
    """
    problems = sorted((one for one in findings if one.level in _PROBLEMS), key=lambda one: _PROBLEMS.index(one.level))
    for finding in problems:
        yield from _problem(finding)
    if problems:
        yield ""
    for group in dict.fromkeys(finding.group for finding in findings):
        members = [one for one in findings if one.group == group and one.level is Level.FINE]
        if members:
            yield group
        for finding in members:
            why = f" ({finding.why})" if everything else ""
            yield f"{_head(finding)}{why}"
    if everything:
        yield from _left_out(findings)
    yield ""
    yield from closing(findings).splitlines()


def _head(finding: Finding) -> str:
    return f"  {SIGNS[finding.level]} {finding.level}: {finding.title}: {finding.what}"


def _problem(finding: Finding) -> Iterator[str]:
    head = _head(finding).rstrip(".")
    end = "" if head.endswith("?") else "."
    yield f"{head}{end} This matters because {finding.why}."
    if finding.now:
        yield from (f"{_INDENT}{line}" for line in f"Next: {finding.now}".splitlines())


def _left_out(findings: Iterable[Finding]) -> Iterator[str]:
    """What was not looked at: one line for each reason."""
    out = [finding for finding in findings if finding.level is Level.LEFT_OUT]
    if out:
        yield "Not looked at"
    for reason in dict.fromkeys(finding.what for finding in out):
        titles = ", ".join(finding.title for finding in out if finding.what == reason)
        yield f"  {SIGNS[Level.LEFT_OUT]} {reason}: {titles}"


def closing(findings: Sequence[Finding]) -> str:
    """The last line: what to do next."""
    step = next_step(findings)
    if step is None:
        return "All is well. Nothing needs doing."
    if not is_wrong(findings):
        return f"Nothing is wrong. If you have a minute ({step.title}): {step.now}"
    count = sum(finding.level is Level.WRONG for finding in findings)
    first = f"{count} things to put right. Do this first" if count > 1 else "Do this next"
    return f"{first} ({step.title}): {step.now}"


def as_json(findings: Sequence[Finding], site: Site) -> str:
    """The same as one JSON document. Adding keys to it is allowed; changing the meaning of one is not."""
    step = next_step(findings)
    document = {
        "halfday": site.version,
        "school": site.config.school if site.config else None,
        "system": site.machine.system,
        "checked_at": site.machine.now.isoformat(),
        "exit_code": int(exit_code(findings)),
        "next": step.now if step else None,
        "checks": [
            {
                "id": finding.id,
                "group": finding.group,
                "title": finding.title,
                "level": finding.level.value,
                "what": finding.what,
                "why": finding.why,
                "next": finding.now or None,
            }
            for finding in findings
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def exit_code(findings: Iterable[Finding]) -> Exit:
    """0 when nothing must be put right; else the highest code of what must: as its help says."""
    return max((one.code for one in findings if one.level is Level.WRONG), default=Exit.DONE)
