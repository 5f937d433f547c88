"""What was answered, and what a school's folder answers already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from halfday_sync import config
from halfday_sync.config import FILE, TIMES
from halfday_sync.errors import SettingsError, UsageError


@dataclass(frozen=True)
class Answers:
    """The answers that `halfday.toml` keeps, and the secrets that it does not.

    Attributes:
        source: what `[source]` says: the kind, and settings that are not as usual; empty for imported files only.
        calendar: the name of the calendar file, blank where there is none.
        secrets: typed secrets by name; one that was kept and not typed is not here.
    """

    name: str
    policy: str
    source: Mapping[str, Any] = field(default_factory=dict)
    calendar: str = ""
    times: tuple[str, ...] = TIMES
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Present:
    """What is in a school's folder now.

    Attributes:
        text: the settings file; None where there is none.
        answers: what it answers.
        has_store: marks are kept already, under the school's name.
    """

    text: bytes | None
    answers: Answers
    has_store: bool


def present(folder: Path) -> Present:
    """What a folder answers already. It need not exist.

    Raises:
        UsageError: it is a file.
        SettingsError: its settings have faults that the questions do not put right; every one is named.
    """
    for part in (folder, *folder.parents):
        if part.exists() and not part.is_dir():
            raise UsageError(f"{part} is a file; name a folder with --school.")
    path = folder / FILE
    if not path.is_file():
        return Present(None, Answers("", ""), has_store=(folder / "halfday.db").is_file())
    document = config.read(path)
    school, source, watch = (_table(document, name) for name in ("school", "source", "watch"))
    asked = {"name": school.get("name") or "x", "policy": school.get("policy") or "x"}
    others = {**document, "school": {**school, **asked}}
    others.pop("source", None)
    problems = list(config.faults_of(others))
    if problems:
        raise SettingsError(f"The settings in {path} have faults.", problems=problems, now="Put them right first.")
    answers = Answers(
        str(school.get("name", "")),
        str(school.get("policy", "")),
        source,
        str(school.get("calendar", "")),
        tuple(watch.get("times", TIMES)),
    )
    return Present(path.read_bytes(), answers, (folder / str(school.get("store", "halfday.db"))).is_file())


def _table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}
