"""What a person changes after a source could not be read: one answer, and the one that most likely failed first."""

from collections.abc import Callable, Mapping
from typing import Any

from halfday_sync.errors import HalfdayError
from halfday_sync.setting_up.asking import Asking, Question
from halfday_sync.setting_up.questions import ask_secret, ask_setting, ask_source, secrets_of
from halfday_sync.setting_up.trying import said_of
from halfday_sync.setting_up.values import shown
from halfday_sync.source_kinds import Secret, Setting, kinds

_REFUSED = ("the key that was given", "(401)")


def ask_change(
    asking: Asking,
    source: Mapping[str, Any],
    typed: Mapping[str, str],
    kept: Callable[[str], bool],
    stop: HalfdayError,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The source and the secrets that were typed, with one of them changed; the others are not asked for again."""
    offered = _offered(source, stop)
    asking.tell()
    asking.tell("What is to be changed?")
    for number, one in enumerate(offered, 1):
        asking.tell(f"  {number}  {_line(one, source)}")
    asking.tell(f"  {len(offered) + 1}  something else: all questions about the source again")
    numbers = [str(number) for number in range(1, len(offered) + 2)]
    suspect = str(_suspect(offered, source, stop) + 1)
    answer = asking.text(
        Question(
            "", "Number", present=suspect, fault=lambda text: "" if text in numbers else f"write 1 to {numbers[-1]}"
        )
    )
    at = int(answer or suspect) - 1
    changed, secrets = dict(source), dict(typed)
    if at == len(offered):
        asking.forget("--kind", *(f"--set {one.key}" for kind in kinds().values() for one in kind.settings))
        changed = ask_source(asking, source, fresh=False)
    elif isinstance(one := offered[at], Setting):
        changed = ask_setting(asking, source, one)
    elif value := ask_secret(asking, one, kept=one.name in typed or kept(one.name)):
        secrets[one.name] = value
    for secret in secrets_of(changed):  # of another kind, or of another way to the same
        if secret.name not in secrets and not kept(secret.name):
            secrets[secret.name] = ask_secret(asking, secret, kept=False)
    needed = {secret.name for secret in secrets_of(changed)}
    return changed, {name: value for name, value in secrets.items() if name in needed}


def _offered(source: Mapping[str, Any], stop: HalfdayError) -> tuple[Setting | Secret, ...]:
    """What can be changed: of what most schools never need, only what is set or what the refusal is about."""
    settings = kinds()[str(source["kind"])].settings
    return (
        *(one for one in settings if not one.rare or one.key in source or _is_meant(one, stop)),
        *secrets_of(source),
    )


def _is_meant(one: Setting, stop: HalfdayError) -> bool:
    return any(words in said_of(stop) for words in (f"source.{one.key}", f"{one.key} file"))


def _line(one: Setting | Secret, source: Mapping[str, Any]) -> str:
    if isinstance(one, Secret):
        return f"{one.ask} (not shown)"
    value = shown(source.get(one.key, one.usual))
    return f"{one.ask} [{value}]" if value else one.ask


def _suspect(offered: tuple[Setting | Secret, ...], source: Mapping[str, Any], stop: HalfdayError) -> int:
    """What most likely failed, by what the refusal says."""
    text = said_of(stop).casefold()
    secrets = [at for at, one in enumerate(offered) if isinstance(one, Secret)]
    named = [at for at in secrets if offered[at].ask.removeprefix("The ").casefold() in text]
    if named:
        return named[0]
    if secrets and any(words in text for words in _REFUSED):
        return secrets[-1]  # a user name comes before its password
    meant = [at for at, one in enumerate(offered) if isinstance(one, Setting) and _is_meant(one, stop)]
    if meant:
        return meant[-1]
    answered = [at for at, one in enumerate(offered) if isinstance(one, Setting) and (one.needed or one.key in source)]
    return (answered or [0])[0]
