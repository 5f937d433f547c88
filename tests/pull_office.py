"""A school's folder and the service its marks come from, for tests of `halfday run` over whatever may go wrong."""

import contextlib
import io
import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.keyring_file import InAFile, in_use
from tests.source_contract import Prepared
from tests.wall_clock import WallClock, london, wall_clock

from halfday_sync import cli, credentials
from halfday_sync.store import Store

DATA = Path(__file__).parent / "data"
NAME = "Little School"
QUERIES = ("updated_after", "include=", "per_page=", "entityFilter", "schoolId=", "/format/", "Bearer", "Traceback")
"""Parts of addresses and headers that no message may show."""
Marks = dict[tuple[str, date, str], str]


@dataclass(frozen=True)
class State:
    """Everything that a refused pull must leave as it was."""

    tracker: bytes
    store: tuple[str, ...]
    files: Mapping[str, bytes]


@dataclass
class Office:
    """A school whose computer shows the time `on`; nothing may show what is `private`: names and secrets."""

    folder: Path
    on: WallClock
    private: Collection[str]
    settings: dict[str, Any]
    source_files: Path
    waits: list[float] = field(default_factory=list)

    def write_settings(self, **changed: Any) -> None:
        """`halfday.toml`, with these settings of the source in place of the usual ones."""
        rows = {**self.settings, **changed}
        lines = [f"{key} = {_toml(value)}" for key, value in rows.items()]
        text = f'[school]\nname = "{NAME}"\npolicy = "policy.toml"\n[source]\n' + "\n".join(lines) + "\n"
        (self.folder / "halfday.toml").write_text(text, encoding="utf-8")

    def run(self, *words: str) -> tuple[int, str]:
        """`halfday run` on the day that it is: its exit code and all it said, in which nobody is named."""
        out = io.StringIO()
        as_of = self.on.wall()[:10]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = cli.main(["run", "--school", str(self.folder), "--as-of", as_of, *words])
        said = out.getvalue()
        shown = sum(bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said)) for word in self.private)
        assert shown == 0, "a name or a secret was said"
        assert not [part for part in QUERIES if part in said]
        return code, said

    def state(self) -> State:
        """The tracker, the store but for its run log and what people said, and the files the source reads."""
        with closing(sqlite3.connect(self.folder / "halfday.db")) as db:
            told = tuple(
                line
                for line in db.iterdump()
                if not line.startswith(('INSERT INTO "run"', 'INSERT INTO "accepted"', 'INSERT INTO "asked"'))
            )
        files = {
            str(path.relative_to(self.source_files)): path.read_bytes()
            for path in sorted(self.source_files.rglob("*"))
            if path.is_file() and path.name not in {"calls.txt", "asked.xml"}
        }
        return State((self.folder / "tracker.xlsx").read_bytes(), told, files)

    def refused(self, code: int, told: str, *words: str) -> str:
        """A run that stops with this code and these words, and leaves everything as it was."""
        before = self.state()
        found, said = self.run(*words)
        assert (found, told in said) == (code, True), said
        assert self.state() == before
        assert re.search("nothing was (changed|stored)", said.casefold()), said
        assert len([line for line in said.splitlines() if line.strip()]) >= 3, (
            f"what, what was done, what to do: {said}"
        )
        return said

    def marks(self) -> Marks:
        """Every mark in the store that is one."""
        with Store.open(self.folder / "halfday.db") as store:
            assert store.broken() == ()
            return {
                (mark.pupil_id, mark.date, mark.session): mark.code
                for mark in store.register().marks()
                if mark.code != "-"
            }

    def snapshots(self) -> int:
        """How many pulls were taken in."""
        with Store.open(self.folder / "halfday.db") as store:
            return len(store.snapshots())


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value).lower() if isinstance(value, bool | int) else "'" + str(value) + "'"


@contextmanager
def office(
    tmp: Path,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
    names: Collection[str],
    *,
    at: str = "2025-09-15 07:15",
    files: Path | None = None,
) -> Iterator[Office]:
    """The office on a morning, with its secrets kept, and nothing to wait for; `files` is what the source reads."""
    folder = tmp / "school"
    folder.mkdir(exist_ok=True)
    policy = (DATA / "workbook_policy.toml").read_text(encoding="utf-8")
    policy = policy.replace("weeks    = 6", 'weeks    = 6\nreview   = "every 4 school weeks"')
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    with (
        in_use(InAFile(), tmp / "keyring.json"),
        wall_clock(london(at)) as on,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, secret in secrets.items():
            credentials.keep(NAME, name, secret)
        made = Office(folder, on, {*names, *secrets.values()}, dict(settings), files or tmp / "no files")
        patch.setattr(cli, "time", SimpleNamespace(sleep=made.waits.append))
        made.write_settings()
        yield made


@contextmanager
def office_of(prepared: Prepared, tmp: Path, names: Collection[str], files: Path | None = None) -> Iterator[Office]:
    """The office of a source that was prepared for the contract of sources."""
    with office(tmp, prepared.settings, prepared.secrets, names, files=files) as made:
        yield made


def truth(prepared: Prepared) -> Marks:
    """What must be in the store."""
    return {key: code for key, (code, _minutes) in prepared.marks().items()}
