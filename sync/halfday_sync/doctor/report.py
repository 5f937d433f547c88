"""The findings as lines for a person, or as JSON for a program that looks after forty schools."""

import json
from collections.abc import Iterable, Iterator, Sequence

from halfday_sync.doctor.finding import Finding, Level, Site, is_wrong, next_step
from halfday_sync.errors import Exit

SIGNS = {Level.FINE: "✓", Level.NOTE: "!", Level.UNKNOWN: "!", Level.WRONG: "✗", Level.LEFT_OUT: "-"}
_INDENT = " " * 16


def lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Every finding below the heading of its group, and at the end the one thing to do next."""
    for group in dict.fromkeys(finding.group for finding in findings):
        members = [one for one in findings if one.group == group and one.level is not Level.LEFT_OUT]
        if members:
            yield group
        for finding in members:
            yield from _finding(finding)
    yield from _left_out(findings)
    yield ""
    yield closing(findings)


def _finding(finding: Finding) -> Iterator[str]:
    head = f"  {SIGNS[finding.level]} {finding.level:<12}{finding.title}: {finding.what}"
    if finding.level is Level.FINE:
        yield f"{head} ({finding.why})"
        return
    yield f"{head.rstrip('.')}. This matters because {finding.why}."
    if finding.now:
        yield f"{_INDENT}Next: {finding.now}"


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
    """0 when nothing is wrong, 3 when something must be put right."""
    return Exit.SETTINGS if is_wrong(findings) else Exit.DONE
