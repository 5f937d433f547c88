"""The questions of `halfday init`, and what their answers mean."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from halfday_sync.config import TIMES, is_times
from halfday_sync.credentials import too_long
from halfday_sync.errors import SettingsError
from halfday_sync.setting_up.answers import Present
from halfday_sync.setting_up.asking import Asking, Question
from halfday_sync.setting_up.values import fault, how, shown, typed
from halfday_sync.source_kinds import Kind, kinds
from halfday_sync.templates import policy_path, read_policy, school_names, usable_policy

NONE = "none"
"""No source: marks come in by `halfday import` only."""


def ask_name(asking: Asking, present: Present) -> str:
    """The name of the school. It stays once there are marks, since they are kept under it."""
    now = present.answers.name

    def wrong(name: str) -> str:
        if present.has_store and now and name != now:
            return f"the marks are kept under {now!r}: that name stays, or give the new school a folder of its own"
        return "" if name.isprintable() and len(name) <= 100 else "write it in one line of at most 100 letters"

    asking.tell("Enter keeps what is in [brackets], - clears it. Nothing is changed before the last question.")
    return asking.text(Question("--name", "Name of the school", present=now, needed=True, fault=wrong))


def ask_source(asking: Asking, now: Mapping[str, Any], *, fresh: bool) -> dict[str, Any]:
    """Where the marks come from: what `[source]` is to say; empty for none. `fresh`: nobody has answered it yet."""
    names = (*kinds(), NONE)
    asking.tell()
    asking.tell("Where do the marks come from?")
    for number, (name, kind) in enumerate(kinds().items(), 1):
        asking.tell(f"  {number}  {name}: {kind.title}")
    asking.tell(f"  {len(names)}  {NONE}: no source; files are taken in with 'halfday import'")
    present = str(now.get("kind", "" if fresh else NONE))
    choice = Question("--kind", "Number or name", present=present, needed=True, fault=partial(_not_one_of, names))
    answer = _chosen(names, asking.text(choice))
    if answer not in kinds():
        if answer == NONE:
            asking.unknown("a school without a source", _OPTIONS, set())
        return {}
    chosen = kinds()[answer]
    settings = _settings(asking, chosen, now if now.get("kind") == answer else {})
    needed = {secret.name for secret in chosen.secrets if secret.applies(settings)}
    asking.unknown(answer, _OPTIONS | {f"--set {setting.key}" for setting in chosen.settings}, needed)
    return settings


_OPTIONS = {"--name", "--policy", "--kind", "--times"}


def _settings(asking: Asking, kind: Kind, now: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": kind.name}
    for setting in kind.settings:
        question = Question(
            f"--set {setting.key}",
            setting.ask,
            how(setting),
            shown(now.get(setting.key, setting.usual)),
            setting.needed,
            partial(fault, setting),
        )
        text = asking.text(question)
        value = None if fault(setting, text) else typed(setting, text)
        if value is not None and (value != setting.usual or setting.key in now):
            found[setting.key] = value
    return found


def ask_secrets(asking: Asking, source: Mapping[str, Any], kept: Callable[[str], bool]) -> dict[str, str]:
    """The secrets that a source needs and that were given anew; `kept` says whether one is kept already."""
    kind = kinds().get(str(source.get("kind")))
    found = {}
    for secret in kind.secrets if kind else ():
        if secret.applies(source):
            value = asking.secret(
                secret.name, secret.ask, kept=kept(secret.name), fault=partial(_secret_fault, secret.name)
            )
            if value:
                found[secret.name] = value
    return found


def ask_policy(asking: Asking, now: str, folder: Path) -> str:
    """Which policy; one of those that come with Halfday by number or name, or a file."""
    names = school_names()
    asking.tell()
    asking.tell("Which attendance policy? These come with Halfday; a file of your own can be named too.")
    for number, name in enumerate(names, 1):
        school = read_policy(policy_path(name))[0].school
        asking.tell(f"  {number}  {name}: {school.name}. {school.statement or school.document}")

    def wrong(text: str) -> str:
        try:
            usable_policy(policy_path(_chosen(names, text), folder))
        except SettingsError as stop:
            return f"{stop.what} Policies that come with Halfday: {', '.join(names)}"
        return ""

    return _chosen(names, asking.text(Question("--policy", "Number, name or file", "", now, needed=True, fault=wrong)))


def ask_times(asking: Asking, now: tuple[str, ...]) -> tuple[str, ...]:
    """When `halfday watch` is to run on a school day."""
    asking.tell()
    question = Question(
        "--times",
        "When should it run on a school day",
        "Times as 07:15, parted by a comma; best after each register has closed.",
        ", ".join(now),
        fault=lambda text: "" if is_times(_times(text)) else "write times as 07:15, parted by commas",
    )
    times = _times(asking.text(question))
    return tuple(times) if is_times(times) else TIMES


def _times(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _chosen(names: tuple[str, ...], text: str) -> str:
    """A name out of a list, told by its number or by itself."""
    return names[int(text) - 1] if text.isdecimal() and 1 <= int(text) <= len(names) else text


def _not_one_of(names: tuple[str, ...], text: str) -> str:
    return "" if _chosen(names, text) in names else f"write one of {', '.join(names)}"


def _secret_fault(name: str, value: str) -> str:
    if not value.isprintable():
        return f"{name}: there is a line break or a sign in it that cannot be typed; copy it again"
    return too_long(name, value)
