"""The questions of `halfday init`, and what their answers mean."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from halfday_sync.config import TIMES, is_times
from halfday_sync.credentials import too_long
from halfday_sync.errors import SettingsError
from halfday_sync.setting_up.answers import Present
from halfday_sync.setting_up.asking import Asking, Question
from halfday_sync.setting_up.values import fault, how, shown, typed
from halfday_sync.source_kinds import Kind, Secret, Setting, kinds
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
    return asking.text(Question("--name", "Name of the school", present=now, needed=True, fault=wrong, wanted=_A_NAME))


def ask_source(asking: Asking, now: Mapping[str, Any], *, fresh: bool) -> dict[str, Any]:
    """Where the marks come from: what `[source]` is to say; empty for none. `fresh`: nobody has answered it yet."""
    names = (*kinds(), NONE)
    if not asking.has("--kind"):
        for line in ("", "Where do the marks come from?", *_menu(names)):
            asking.tell(line)
    present = str(now.get("kind", "" if fresh else NONE))
    wanted = f"write a number from 1 to {len(names)}, or a name such as {names[0]}"
    choice = Question(
        "--kind", "Number or name", present=present, needed=True, fault=partial(_not_one_of, names), wanted=wanted
    )
    answer = _chosen(names, asking.text(choice))
    if answer == NONE:
        asking.unknown("a school without a source", _OPTIONS, set())
    elif answer not in kinds():  # it was told; what no kind has is told at once as well
        known = {f"--set {setting.key}" for kind in kinds().values() for setting in kind.settings}
        asking.unknown("any kind", _OPTIONS | known, {one.name for kind in kinds().values() for one in kind.secrets})
    if answer not in kinds():
        return {}
    chosen = kinds()[answer]
    settings = _settings(asking, chosen, now if now.get("kind") == answer else {})
    needed = {secret.name for secret in chosen.secrets if secret.applies(settings)}
    asking.unknown(answer, _OPTIONS | {f"--set {setting.key}" for setting in chosen.settings}, needed)
    return settings


_OPTIONS = {"--name", "--policy", "--kind", "--times"}
_A_NAME = "write the school's name as staff know it, for example Larkfield Primary School"


def _menu(names: tuple[str, ...]) -> Iterator[str]:
    for number, (name, kind) in enumerate(kinds().items(), 1):
        yield f"  {number}  {name}: {kind.title}. {kind.help}".rstrip()
    yield f"  {len(names)}  {NONE}: no source; files are taken in with 'halfday import'"


def _settings(asking: Asking, kind: Kind, now: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a kind; rare ones only for those who want to see them, else they stay as they are."""
    usual = {setting.key for setting in kind.settings if not setting.rare}
    found = {key: value for each in kind.settings if each.key in usual for key, value in _answer(asking, each, now)}
    rare = [setting for setting in kind.settings if setting.rare]
    of_rare = (
        bool(rare)
        and not asking.nobody
        and asking.yes("More settings? Most schools need none (yes or no)", usual=False)
    )
    for setting in rare:
        if of_rare or asking.nobody or asking.has(f"--set {setting.key}"):
            found |= dict(_answer(asking, setting, now))
        elif setting.key in now:
            found[setting.key] = now[setting.key]
    return {"kind": kind.name} | {each.key: found[each.key] for each in kind.settings if each.key in found}


def _answer(asking: Asking, setting: Setting, now: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """One setting as answered; nothing where it is as usual, or blank."""
    question = Question(
        f"--set {setting.key}",
        setting.ask,
        how(setting),
        shown(now.get(setting.key, setting.usual)),
        setting.needed,
        partial(fault, setting),
        f"nothing can be read without it. {setting.help}",
    )
    text = asking.text(question)
    value = None if fault(setting, text) else typed(setting, text)
    if value is not None and (value != setting.usual or setting.key in now):
        yield setting.key, value


def ask_setting(asking: Asking, source: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """A source with one of its settings answered anew."""
    asking.forget(f"--set {setting.key}")
    rest = {key: value for key, value in source.items() if key != setting.key}
    found = rest | dict(_answer(asking, setting, source))
    order = ("kind", *(each.key for each in kinds()[str(source["kind"])].settings))
    return {key: found[key] for key in order if key in found}


ORDERS = ("day first", "month first")


def ask_date_order(asking: Asking, source: Mapping[str, Any]) -> dict[str, Any]:
    """A source whose dates can be read in two ways, with the way that a person says they are meant."""

    def wrong(text: str) -> str:
        return "" if _chosen(ORDERS, text) in ORDERS else "write 1 or 2"

    asking.tell()
    asking.tell("The dates in it can be read in two ways. In the export, 03/04 is:")
    asking.tell("  1  day first: 3 April")
    asking.tell("  2  month first: 4 March")
    answer = asking.text(Question("", "Number", present="1", needed=True, fault=wrong))
    return {**source, "date_order": _chosen(ORDERS, answer)}


def ask_secrets(asking: Asking, source: Mapping[str, Any], kept: Callable[[str], bool]) -> dict[str, str]:
    """The secrets that a source needs and that were given anew; `kept` says whether one is kept already."""
    return {one.name: value for one in secrets_of(source) if (value := ask_secret(asking, one, kept=kept(one.name)))}


def ask_secret(asking: Asking, secret: Secret, *, kept: bool) -> str:
    """One secret; blank where the one that is kept stays."""
    return asking.secret(secret.name, secret.ask, kept=kept, fault=partial(_secret_fault, secret.name))


def secrets_of(source: Mapping[str, Any]) -> tuple[Secret, ...]:
    """The secrets that a source with these settings needs."""
    kind = kinds().get(str(source.get("kind")))
    return tuple(secret for secret in kind.secrets if secret.applies(source)) if kind else ()


def ask_policy(asking: Asking, now: str, folder: Path) -> str:
    """Which policy; one of those that come with Halfday by number or name, or a file."""
    names = school_names()
    if not asking.has("--policy"):
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

    wanted = f"write a number from 1 to {len(names)}, a name such as {names[0]}, or the name of a file"
    question = Question("--policy", "Number, name or file", "", now, needed=True, fault=wrong, wanted=wanted)
    return _chosen(names, asking.text(question))


def ask_times(asking: Asking, now: tuple[str, ...]) -> tuple[str, ...]:
    """When `halfday watch` is to run on a school day."""
    asking.tell()
    question = Question(
        "--times",
        "When should it run on a school day",
        "parted by commas; best after each register has closed",
        ", ".join(now),
        fault=lambda text: "" if is_times(_times(text)) else "write times as 07:15, parted by commas",
    )
    times = _times(asking.text(question))
    return tuple(times) if is_times(times) else TIMES


def _times(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _chosen(names: tuple[str, ...], text: str) -> str:
    """A name out of a list, told by its number or by itself, in capitals or not."""
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= len(names):
        return names[int(text) - 1]
    return next((name for name in names if name.casefold() == text.casefold()), text)


def _not_one_of(names: tuple[str, ...], text: str) -> str:
    return "" if _chosen(names, text) in names else f"write one of {', '.join(names)}"


def _secret_fault(name: str, value: str) -> str:
    if not value.isprintable():
        return f"{name}: there is a line break or a sign in it that cannot be typed; copy it again"
    return too_long(name, value)
