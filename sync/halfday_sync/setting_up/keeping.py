"""What was answered is kept, at the end and at once: secrets in the credential store, the rest in the folder."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from halfday.printing import counted
from halfday_sync import config, credentials
from halfday_sync.errors import InUseError, SettingsError
from halfday_sync.setting_up import days
from halfday_sync.setting_up.answers import Answers, Present
from halfday_sync.setting_up.inbox_step import NO_INBOX, Inbox
from halfday_sync.setting_up.settings_file import settled
from halfday_sync.whole_file import put_whole

BEFORE = f"{config.FILE}.before"
"""The settings as they were before the last change."""


@dataclass(frozen=True)
class Plan:
    """What would be written.

    Attributes:
        text: the settings file as it will be; `was` is how it is.
        calendar: a new calendar file; None where none is written.
        inbox: a new folder for exports; None where none is made.
        exports: where exports are still to be put; None where that is not what is missing.
        secrets: to keep, by name; `name` is the school they belong to, `name_before` the one it had.
    """

    folder: Path
    name: str
    name_before: str
    was: bytes | None
    text: bytes
    calendar: bytes | None = None
    inbox: Path | None = None
    exports: Path | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.folder / config.FILE

    def lines(self) -> Iterator[str]:
        """What would be written, a line each; none where nothing differs."""
        if self.was is None:
            yield f"{self.settings}: the settings"
        elif self.text != self.was:
            yield f"{self.settings}: the settings, changed; those of before are kept as {BEFORE}"
        if self.calendar is not None:
            count = self.calendar.count(b"\n") - 1
            yield f"{self.folder / days.FILE}: the calendar, {counted(count, 'day')} without ordinary school"
        if self.inbox is not None:
            yield f"{self.inbox}: a new folder, for the exports"
        if self.secrets:
            yield f"this computer's credential store: {', '.join(self.secrets)}"


def planned(folder: Path, present: Present, answers: Answers, calendar: bytes | None, inbox: Inbox = NO_INBOX) -> Plan:
    """What would be written for these answers; nothing is yet.

    Raises:
        SettingsError: the settings would have faults; every one is named.
        SafetyError: the settings file cannot be changed without harm.
    """
    text = settled(present.text, answers)
    problems = list(config.faults_of(tomllib.loads(text.decode("utf-8-sig"))))
    if problems:
        raise SettingsError("These answers make no settings that could be used.", problems=problems)
    new = {name: value for name, value in answers.secrets.items() if credentials.read(answers.name, name) != value}
    return Plan(
        folder,
        answers.name,
        present.answers.name,
        present.text,
        text,
        calendar,
        inbox=inbox.path if inbox.new else None,
        exports=inbox.path if inbox.waits else None,
        secrets=new,
    )


def carry_out(plan: Plan) -> None:
    """Writes it: secrets first, settings last, each whole. Where a step fails, the secrets are as they were.

    Raises:
        SettingsError: somebody changed the settings meanwhile, or a secret cannot be kept.
        InUseError: a file cannot be written.
    """
    now = plan.settings.read_bytes() if plan.settings.is_file() else None
    if now != plan.was:
        raise SettingsError(f"Somebody changed {config.FILE} meanwhile.", now="Run 'halfday init' again.")
    with _kept(plan.name, plan.secrets):
        try:
            plan.folder.mkdir(parents=True, exist_ok=True)
            if plan.inbox is not None:
                plan.inbox.mkdir(parents=True, exist_ok=True)
            if plan.calendar is not None:
                path = plan.folder / days.FILE
                put_whole(path, plan.calendar, may=_nothing_at(path))
            if plan.was is not None and plan.text != plan.was:
                put_whole(plan.folder / BEFORE, plan.was)
            if plan.text != plan.was:
                put_whole(plan.settings, plan.text)
        except OSError as fault:
            raise InUseError(
                f"The folder {plan.folder} cannot be written ({fault.strerror}).",
                now="Close the files in it, or ask whoever looks after this computer for the right to write there.",
            ) from fault
    if plan.name_before not in ("", plan.name):
        for name in plan.secrets:
            credentials.forget(plan.name_before, name)
        for name in _LONG:
            _carry(name, plan.name_before, plan.name)


_LONG = ("Google key",)
"""Secrets that are not of a source (`mirroring.opening.KEY`); they go along when a school is renamed."""


def _carry(name: str, before: str, now: str) -> None:
    value = credentials.read_long(before, name)
    if value is not None:
        credentials.keep_long(now, name, value)
        credentials.forget_long(before, name)


def _nothing_at(path: Path) -> Callable[[], bool]:
    return lambda: not path.exists()


@contextmanager
def _kept(school: str, secrets: Mapping[str, str]) -> Iterator[None]:
    """Keeps secrets; where anything fails meanwhile, those of before are put back."""
    were: dict[str, str | None] = {}
    try:
        for name, value in secrets.items():
            were[name] = credentials.read(school, name)
            credentials.keep(school, name, value)
        yield
    except BaseException:
        for name, value_before in were.items():
            if value_before is None:
                credentials.forget(school, name)
            else:
                credentials.keep(school, name, value_before)
        raise
