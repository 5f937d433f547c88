"""`halfday refer --lint`: looks at the profiles of local authorities, ours and a school's own."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from halfday_sync.commands.options import Said
from halfday_sync.errors import Exit


def lint_profiles(names: Sequence[str], folder: Path | None, today: date, said: Said) -> Exit:
    """Lints each profile; exit 3 when one has faults.

    Args:
        names: profiles by name or file; none: all that there are.
        folder: the school's folder, with its own profiles; none where there is no school.
        today: by it a profile is old.
        said: takes a line at a time.
    """
    from halfday_sync.commands.linted import linted
    from halfday_sync.referrals import profiles

    wanted = names or profiles.names(folder)
    return linted(wanted, lambda name: _lint(profiles.find(name, folder), today, said), said)


def _lint(path: Path, today: date, said: Said) -> int:
    from halfday.policy.lint import FAULT
    from halfday.printing import counted
    from halfday_sync.referrals.lint import Known, lint
    from halfday_sync.referrals.profile import SUMMARY
    from halfday_sync.referrals.profiles import load
    from halfday_sync.referrals.readiness import CHECKS
    from halfday_sync.referrals.sheets import SHEETS
    from halfday_sync.referring import governors
    from halfday_sync.templates import letter_templates

    profile = load(path)
    sheets = governors.SHEETS if profile.kind == SUMMARY else SHEETS
    findings = lint(profile, Known(sheets.keys(), CHECKS.keys(), letter_templates()), today)
    faults = sum(finding.level == FAULT for finding in findings)
    said(f"{profile.id}: {counted(faults, 'fault')}, {counted(len(findings) - faults, 'note')}")
    for finding in findings:
        said(f"  {finding.level}: {finding}")
    return faults
