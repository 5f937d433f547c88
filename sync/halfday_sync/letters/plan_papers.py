"""The papers of plans as files: made anew as the weeks go by, but never over what somebody wrote in one."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from halfday_sync.casework.model import SupportPlan
from halfday_sync.casework.plan_kinds import CHART
from halfday_sync.letters.catalogue import find
from halfday_sync.letters.rendering import render
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.whole_file import put_whole

FOLDER = "plans"
"""In the folder of letters."""
_MADE = ".halfday-made.json"
"""What Halfday wrote into each file: one that says something else was changed by a person."""
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of a plan: `is_kept` says that a person had changed it, so that it was left as it is."""

    path: Path
    key: str
    is_kept: bool = False


def templates_wanted(plan_id: str, template: str, *, chart: bool) -> tuple[str, ...]:
    """The Word files of a plan: its own, and the child's chart where it is asked for.

    >>> templates_wanted("four-week-plan", "support-plan", chart=True)
    ('support-plan', 'attendance-chart')
    """
    found = [template] if template else []
    return tuple(dict.fromkeys([*found, CHART] if chart and found and plan_id != CHART else found))


def file_name(plan: SupportPlan, template: str) -> str:
    """The name of a plan's file: pupil id, which paper, first day. No name of a child.

    >>> file_name(SupportPlan("P3", "21/01", "four-week-plan"), "support-plan")
    '21-01 support-plan.docx'
    """
    parts = (plan.pupil_id, template, str(plan.begins or ""))
    return " ".join(filter(None, (_NOT_IN_NAMES.sub("-", part).strip("-") for part in parts))) + ".docx"


def write_paper(
    plan: SupportPlan, template: str, fields: Mapping[str, Any], settings: LetterSettings, language: str = ""
) -> Paper:
    """Makes a plan's paper, and puts it in place; one that a person changed stays.

    Raises:
        SettingsError: there is no such template, or it cannot be filled in.
        OSError: it could not be written; what was there is as it was.
    """
    folder = settings.folder / FOLDER
    path = folder / file_name(plan, template)
    data = render(find(settings, template, language), fields, settings)
    folder.mkdir(parents=True, exist_ok=True)
    made = _made(folder)
    if not put_whole(path, data, may=lambda: not path.exists() or _digest(path.read_bytes()) == made.get(path.name)):
        return Paper(path, plan.key, is_kept=True)
    put_whole(folder / _MADE, json.dumps({**made, path.name: _digest(data)}, indent=1, sort_keys=True).encode())
    return Paper(path, plan.key)


def _made(folder: Path) -> dict[str, str]:
    """The digests of the files as they were made; one that nobody can read says nothing, so that all files stay."""
    try:
        found = json.loads((folder / _MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
