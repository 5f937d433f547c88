"""The act of adopting: planned and proven first, then written whole or not at all, and recorded in the store."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, count
from pathlib import Path

from halfday.policy.lint import FAULT, lint
from halfday.policy.load import PolicyError, load
from halfday.policy.model import Policy
from halfday_sync import config as settings
from halfday_sync.adopting.alone import alone
from halfday_sync.adopting.earlier import with_ladder_before
from halfday_sync.adopting.edits import NotInTablesError, adopted_text, with_policy_named
from halfday_sync.adopting.merge import Merged, merge
from halfday_sync.adopting.pieces import marked
from halfday_sync.adopting.words import changes, still_said
from halfday_sync.config import Config
from halfday_sync.errors import InUseError, SafetyError, SettingsError
from halfday_sync.store import Store
from halfday_sync.templates import POLICY_FILE, letter_templates, policy_path, usable_policy
from halfday_sync.whole_file import put_whole

_FAULTS, _PUT_RIGHT = "The tried policy has faults.", "Put them right on the Policy page, then adopt again."
RECORDED = "policy adopted"
"""The kind under which the store remembers it."""


@dataclass(frozen=True)
class Adoption:
    """What adopting would do.

    Attributes:
        source: the policy file in force; `before` is its text.
        target: where the new one is written; `text` is its text.
        named: what `halfday.toml` called the policy in force.
        kept: where the old one is kept.
        changes: every change in words; empty when nothing differs, and then there is nothing to do.
        hints: words of the policy that still speak of a figure that moved.
    """

    source: Path
    named: str
    target: Path
    kept: Path
    before: str
    text: str
    old: Policy
    new: Policy
    on: date
    who: str
    changes: tuple[str, ...]
    hints: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """How the store remembers it: which policy, and who adopted it."""
        return f"{self.new.fingerprint} by {self.who}"

    def as_if_from(self, day: date) -> Policy:
        """The new policy as if it had begun on another day: what it would change is seen at once."""
        return with_ladder_before(replace(self.new, earlier=self.old.earlier), self.old, day)


def plan(config: Config, tried_text: str, *, on: date, who: str) -> Adoption:
    """What adopting a tried policy would do; nothing is written. `tried_text` is what the function ATT_POLICY gives.

    Raises:
        SettingsError: the policy in force or the tried one has faults, every one named, or its file cannot be edited.
        SafetyError: the new file would not say exactly what the cells showed.
    """
    source = policy_path(config.policy, config.folder)
    old, tried = usable_policy(source), _tried(tried_text)
    if old.valid_from and on < old.valid_from:
        raise SettingsError(
            f"The policy in force is that of {_day(old.valid_from)}: another cannot begin before it.",
            now="Choose a day from then on.",
        )
    merged = merge(old, tried)
    merged = replace(merged, policy=with_ladder_before(merged.policy, old, on))
    _refuse_faults(merged.policy)
    told, before = changes(old, merged), _read(source)
    target, kept = _target(config, source), _free(config.folder / f"policy-until-{_until(old, on)}.toml", before)
    if not told:
        return Adoption(source, config.policy, source, kept, before, before, old, old, on, who, ())
    text = _proven(before, old, merged, on=on, note=f"adopted by {who}; before it: {kept.name}")
    if target != source:
        target = _free(target, text)
    hints = still_said(old, merged)
    return Adoption(source, config.policy, target, kept, before, text, old, _load(text, old.id), on, who, told, hints)


def carry_out(adoption: Adoption, config: Config, store: Store | None) -> None:
    """Writes the files and records the act. Stopped at any instant, either the old policy is in force or the new one.

    Raises:
        InUseError: a file cannot be written, or somebody else is adopting now; nothing was changed.
        SettingsError: somebody changed the policy or adopted another one meanwhile; nothing was changed.
    """
    if not adoption.changes:
        _record_again(adoption, config, store)
        return
    with store.transaction() if store else alone(config.folder):
        _refuse_stale(adoption, config)
        if store:
            store.announce(RECORDED, "", adoption.key, on=adoption.on)
        _write(adoption.kept, adoption.before)
        _write(adoption.target, adoption.text)
        if adoption.target != adoption.source:
            path = config.folder / settings.FILE
            named = adoption.target.relative_to(config.folder).as_posix()
            _write(path, with_policy_named(_read(path), named))


def _refuse_stale(adoption: Adoption, config: Config) -> None:
    """Whether everything still is as it was when the adoption was planned: while one person decides, another may act.

    Raises:
        SettingsError: it is not.
    """
    now = "Look at it, then adopt again."
    if settings.load(config.folder).policy != adoption.named:
        raise SettingsError(f"Somebody put another policy into {settings.FILE} meanwhile.", now=now)
    if not _holds(adoption.source, adoption.before):
        raise SettingsError(f"Somebody changed {adoption.source.name} meanwhile.", now=now)
    new_files = [(adoption.kept, adoption.before)]
    if adoption.target != adoption.source:
        new_files.append((adoption.target, adoption.text))
    for path, text in new_files:
        if path.exists() and not _holds(path, text):
            raise SettingsError(f"Somebody wrote {path.name} meanwhile.", now=now)


def _record_again(adoption: Adoption, config: Config, store: Store | None) -> None:
    """A run stopped after the file was written and before the store was: the record is made good."""
    began = adoption.old.valid_from
    if store is None or began is None or not (config.folder / _kept_name(began)).is_file():
        return
    known = {row.key.partition(" ")[0] for row in store.announced(RECORDED)}
    if adoption.old.fingerprint not in known:
        store.announce(RECORDED, "", f"{adoption.old.fingerprint} by {adoption.who}", on=began)


def _tried(text: str) -> Policy:
    try:
        policy = load(text, "in the cells")
    except PolicyError as fault:
        raise SettingsError(_FAULTS, problems=fault.problems, now=_PUT_RIGHT) from fault
    if not policy.bands:
        raise SettingsError("There is no policy in the file.", now="Give the text of the function ATT_POLICY.")
    return policy


def _refuse_faults(policy: Policy) -> None:
    faults = [str(finding) for finding in lint(policy, letter_templates()) if finding.level == FAULT]
    if faults:
        raise SettingsError(_FAULTS, problems=faults, now=_PUT_RIGHT)


def _proven(before: str, old: Policy, merged: Merged, *, on: date, note: str) -> str:
    """The new text, once it has been read back and says exactly what is adopted."""
    try:
        text = adopted_text(before, old, merged, on=on, note=note)
    except NotInTablesError as fault:
        raise SettingsError(
            "The policy file is written in a way that cannot be changed from here.",
            problems=[str(fault)],
            now="Write it so, or change the figures in the file itself.",
        ) from fault
    try:
        found = _load(text, old.id)
    except PolicyError as fault:
        raise SafetyError("The new policy file would not be readable.", problems=fault.problems) from fault
    wanted = replace(merged.policy, valid_from=on, fingerprint=found.fingerprint)
    if found != wanted:
        raise SafetyError(
            "The new policy file would not say exactly what the cells show.",
            now="Change the figures in the policy file itself, and please report this.",
        )
    return text


def _target(config: Config, source: Path) -> Path:
    """The school's own file where it has one; a policy that comes with Halfday, or is shared, is copied."""
    own = source.resolve().is_relative_to(config.folder.resolve())
    return source if own else config.folder / POLICY_FILE


def _until(old: Policy, on: date) -> date:
    """The last day of the policy before. One that began today was in force for no whole day."""
    return on if old.valid_from == on else on - timedelta(days=1)


def _kept_name(began: date) -> str:
    return f"policy-until-{began - timedelta(days=1)}.toml"


def _free(path: Path, text: str) -> Path:
    """The path itself or the first numbered one that is free, or holds this very text already."""
    numbered = (path.with_name(f"{path.stem} ({n}){path.suffix}") for n in count(2))
    return next(one for one in chain([path], numbered) if not one.exists() or _holds(one, text))


def _read(path: Path) -> str:
    """A file to the letter, its line ends too."""
    return path.read_bytes().decode("utf-8")


def _load(text: str, name: str) -> Policy:
    """A policy as a run reads it: line ends and a byte-order mark are no part of its fingerprint."""
    return load(marked(text)[1].replace("\r\n", "\n"), name)


def _holds(path: Path, text: str) -> bool:
    try:
        return _read(path) == text
    except (OSError, UnicodeDecodeError):
        return False


def _write(path: Path, text: str) -> None:
    try:
        put_whole(path, text.encode("utf-8"))
    except OSError as fault:
        raise InUseError(
            f"{path.name} cannot be written: {fault.strerror or fault}.",
            done="The policy in force is as it was.",
            now="Close it wherever it is open, make room on the disk, or ask for the right to write; then try again.",
        ) from fault


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
