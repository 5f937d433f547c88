"""Where the workbook templates are: beside the package in a wheel, at the top of a checkout otherwise."""

import tomllib
from functools import cache
from pathlib import Path

from halfday.policy.lint import FAULT, Finding, lint
from halfday.policy.load import PolicyError, load
from halfday.policy.model import Policy
from halfday_sync.errors import SettingsError

POLICY_FILE, EXAMPLES_FILE = "policy.toml", "worked_examples.toml"


@cache
def templates_dir() -> Path:
    """The folder `workbook_templates`."""
    here = Path(__file__).parent
    shipped = here / "workbook_templates"
    return shipped if shipped.is_dir() else here.parent.parent / "workbook_templates"


def school_names() -> tuple[str, ...]:
    """The policies that come with Halfday, by name."""
    return tuple(sorted(path.parent.name for path in templates_dir().glob(f"schools/*/{POLICY_FILE}")))


def policy_path(name_or_file: str, beside: Path | None = None) -> Path:
    """The file of a policy: one that comes with Halfday by name, or a file (relative to `beside`).

    Raises:
        SettingsError: there is neither.
    """
    named = templates_dir() / "schools" / name_or_file / POLICY_FILE
    if name_or_file in school_names():
        return named
    path = (beside or Path()) / name_or_file
    if path.is_file():
        return path
    raise SettingsError(
        f"There is no policy {name_or_file!r}.",
        problems=[f"policies that come with Halfday: {', '.join(school_names())}", f"no file at {path}"],
        now="Name one of these, or give the path of a policy.toml.",
    )


def letter_templates() -> tuple[str, ...]:
    """The letter templates that exist, by id."""
    text = (templates_dir() / "letters" / "letters.toml").read_text(encoding="utf-8")
    return tuple(row["id"] for row in tomllib.loads(text)["letter"])


def read_policy(path: Path) -> tuple[Policy, tuple[Finding, ...]]:
    """A policy and everything the linter says about it.

    Raises:
        SettingsError: the file cannot be read as a policy; every problem is named.
    """
    name = path.parent.name if path.name == POLICY_FILE else path.stem
    try:
        policy = load(path.read_text(encoding="utf-8-sig"), name)  # Notepad of old writes a mark first
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"The policy {path} cannot be read: {type(fault).__name__}.") from fault
    except PolicyError as fault:
        raise SettingsError(f"The policy {path.name} of {name} has faults.", problems=fault.problems) from fault
    return policy, lint(policy, letter_templates())


def usable_policy(path: Path) -> Policy:
    """A policy that may decide about children: one without faults.

    Raises:
        SettingsError: the linter found faults; every one is named.
    """
    policy, findings = read_policy(path)
    faults = [str(finding) for finding in findings if finding.level == FAULT]
    if faults:
        raise SettingsError(
            f"The policy {policy.id} has faults.",
            problems=faults,
            now="Put them right, then run 'halfday policy lint'.",
        )
    return policy
