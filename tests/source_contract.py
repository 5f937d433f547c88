"""What every source is held to (`test_source_contract.py`), and how a kind of source takes part.

How to take part: write `tests/contracts/<kind>.py` with

    @contextmanager
    def prepare(tmp: Path) -> Iterator[Prepared]: ...

that sets the source up over the one invented school of `tests/data/truth` (payloads in `tests/data/mis/<kind>/`) and
says in a `Prepared` what it gives up by its nature. Where a kind can be reached in several ways (an API, saved files),
write `WAYS = {"by week": prepare_by_week, "saved files": prepare_files}` instead: each is held to every sentence.
`tests/contracts/bromcom.py` is an example.

Losses are stated, and asserted both ways: what is stated as lost must really be lost, and all else must be the truth.
Faults are provoked: `spoil` holds, by the names of `FAULTS`, what makes the source bad from now on. A fault that cannot
happen to this kind is in `CANNOT` of its module instead, with the reason.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from halfday.carer import Carer
from halfday.register import FLAGS, Pupil
from halfday_sync.errors import SettingsError
from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Site, Source
from halfday_sync.sources.opening import open_source

KINDS = ("contract", "tabular", "folder", "wonde", "arbor", "sims", "bromcom", "ctf")
"""Every kind of source. One that does not take part fails."""
DATA = Path(__file__).parent / "data"
TODAY = date(2025, 9, 15)
NOW = datetime(2025, 9, 15, 6, 15, tzinfo=UTC)
"""The Monday after the two weeks of the truth, before school."""

UNKNOWN = "Q9"
"""The code that no register knows, for the fault "unknown code"."""
CONTRADICTED = ("p2", date(2025, 9, 8), "AM")
"""The session for the fault "contradiction": the truth says /, and the source says I as well."""
FAULTS = ("unknown code", "contradiction", "unshared", "cut off", "empty", "gone")
"""What may happen to a source:

- unknown code: one mark (of p2, where it can be chosen) has the code `UNKNOWN`.
- contradiction: `CONTRADICTED` is given twice, as / and as I.
- unshared: no flag of any child is shared any more (null or an empty cell, in place of yes and no), nor is SEN.
- cut off: the answer or the file ends in the middle; of several pages, after the first.
- empty: well-formed, and without any pupil and any mark.
- gone: the service does not answer (stop the server, or a port that is closed); the files are not there.
"""
CARERS = (
    Carer("p1", 2, "Mr B Contactson", "Father", ("07700 900701",)),
    Carer("p1", 1, "Mrs A Contactson", "Mother", ("01632 960701", "07700 900702")),
    Carer("p1", 3, "Mrs G Contactson", "Grandmother", ("01632 960703",), letters=False),
    Carer("p2", 1, "Ms C Contactson", "Mother"),
)
"""Whom to ring about two pupils, by their keys in the truth."""


class Told(NamedTuple):
    """A mark of the truth; `pupil` is its key there, p1 to p9."""

    pupil: str
    date: date
    session: str
    code: str
    minutes: int | None


def nothing_lost(_mark: Told) -> bool:
    """For a source that carries every mark of the pupils it has."""
    return False


@dataclass(frozen=True)
class Prepared:
    """A source that is ready to be pulled from, and what it says of itself.

    Attributes:
        folder: the school's folder.
        settings: `[source]`, as a school would write it; completed by the suite.
        ids: our pupil id by key of the truth, for the pupils that are in the source; one that is left out is stated as
            lost, with all marks.
        secrets: by name. Each that the kind asks for must be needed.
        lost: which marks of those pupils are stated as lost: they must not be there at all.
        whole: asked for everything, it knows that it gave everything.
        minutes_lost: minutes late are stated as lost: no mark may have any.
        untold: fields of `Pupil` that the source never tells: they must be blank for everybody.
        otherwise: (key, field of `Pupil`) that the source tells in another way, and what it says.
        unknown: what the source gives for the fault "unknown code", where it has no room for `UNKNOWN`.
        spoil: by name of `FAULTS`.
        contacts: makes the source share whom to ring (`CARERS`), or not; none for a source that never does.
    """

    folder: Path
    settings: Mapping[str, Any]
    ids: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    lost: Callable[[Told], bool] = nothing_lost
    whole: bool = False
    minutes_lost: bool = False
    untold: frozenset[str] = frozenset()
    otherwise: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    unknown: str = UNKNOWN
    spoil: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    contacts: Callable[[bool], object] | None = None

    def open(self, *, without: str = "", waits: list[float] | None = None) -> Source:
        """The source, as a run opens it; `without` a secret by that name, recording in `waits` instead of waiting."""
        return open_source(completed(self.settings), self.site(without=without, waits=waits))

    def site(self, *, without: str = "", waits: list[float] | None = None) -> Site:
        """The world around the source."""

        def secret(name: str) -> str:
            if name == without or name not in self.secrets:
                raise SettingsError(f"{name} is not kept on this computer.")
            return self.secrets[name]

        return Site(
            folder=self.folder,
            today=TODAY,
            now=NOW,
            wait=(waits if waits is not None else []).append,
            secret=secret,
        )

    def marks(self) -> dict[tuple[str, date, str], tuple[str, int | None]]:
        """What must come out: code and minutes late by our pupil id, date and session, without missing marks."""
        return {
            (self.ids[told.pupil], told.date, told.session): (told.code, None if self.minutes_lost else told.minutes)
            for told in true_marks()
            if told.pupil in self.ids and told.code != "-" and not self.lost(told)
        }

    def pupils(self) -> dict[str, Pupil]:
        """Who must come out, by our pupil id."""
        return {our_id: _pupil(key, our_id, self.untold, self.otherwise) for key, our_id in self.ids.items()}

    def carers(self) -> list[Carer]:
        """Whom to ring, by pupil and place, where contacts are shared."""
        found = [replace(one, pupil_id=self.ids[one.pupil_id]) for one in CARERS]
        return sorted(found, key=lambda one: (one.pupil_id, one.order))


def contacts_csv(path: Path, ids: Mapping[str, str], *, shared: bool) -> None:
    """`CARERS` as the file of contacts that people make, or no such file."""
    path.unlink(missing_ok=True)
    if shared:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("pupil_id", "order", "name", "relationship", "phone", "phone_2", "letters"))
            for one in CARERS:
                cells = (ids[one.pupil_id], one.order, one.name, one.relationship, *(*one.phones, "", "")[:2])
                writer.writerow((*cells, "yes" if one.letters else "no"))


Prepare = Callable[[Path], AbstractContextManager[Prepared]]


def ways() -> Iterator[tuple[str, str]]:
    """Every kind and each way to reach it; a kind that takes no part has the way "" and fails when it is prepared."""
    for kind in KINDS:
        if not (Path(__file__).parent / "contracts" / f"{kind}.py").is_file():
            yield kind, ""
            continue
        module = import_module(f"tests.contracts.{kind}")
        yield from ((kind, way) for way in getattr(module, "WAYS", {"": None}))


def pairs(*faults: str) -> Iterator[tuple[str, str, str]]:
    """Every kind, way and fault that can happen to it: `CANNOT` of its module says which cannot, and why."""
    for kind, way in ways():
        yield from ((kind, way, fault) for fault in faults if fault not in cannot(kind))


def cannot(kind: str) -> Mapping[str, str]:
    """Which faults cannot happen to a kind, with the reason."""
    told: Mapping[str, str] = getattr(import_module(f"tests.contracts.{kind}"), "CANNOT", {})
    return told


@contextmanager
def prepared(kind: str, way: str, tmp: Path) -> Iterator[Prepared]:
    """A kind of source, ready."""
    module = import_module(f"tests.contracts.{kind}")
    prepare: Prepare = module.WAYS[way] if way else module.prepare
    with prepare(tmp) as ready:
        yield ready


@cache
def true_marks() -> tuple[Told, ...]:
    """The marks of the invented school, missing ones (-) as well."""
    with (DATA / "truth" / "marks.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Told(
                row["pupil"],
                date.fromisoformat(row["date"]),
                row["session"],
                row["code"],
                int(row["minutes_late"]) if row["minutes_late"] else None,
            )
            for row in csv.DictReader(file)
        )


@cache
def true_pupils() -> dict[str, dict[str, str]]:
    """The rows of the invented pupils, by key."""
    with (DATA / "truth" / "pupils.csv").open(encoding="utf-8", newline="") as file:
        return {row["k"]: row for row in csv.DictReader(file)}


def true_field(key: str, name: str) -> Any:
    """What the truth says of a pupil, by the name of the field of `Pupil`."""
    return _value(name, true_pupils()[key][COLUMNS[name]])


def names() -> set[str]:
    """Every word of a pupil's name."""
    return {word for row in true_pupils().values() for word in (row["f"], row["s"])}


COLUMNS = {
    "upn": "upn",
    "surname": "s",
    "forename": "f",
    "dob": "dob",
    "sex": "sex",
    "year_group": "y",
    "class_name": "reg",
    "house": "house",
    "start_date": "start",
    "end_date": "end",
    "pupil_premium": "pp",
    "fsm": "fsm",
    "sen": "sen",
    "lac": "lac",
    "cp": "cp",
    "eal": "eal",
    "young_carer": "yc",
    "enrolment": "en",
}
"""The truth's column by field of `Pupil`."""
_DATES = ("dob", "start_date", "end_date")


def _pupil(key: str, our_id: str, untold: frozenset[str], otherwise: Mapping[tuple[str, str], Any]) -> Pupil:
    fields = {name: otherwise.get((key, name), true_field(key, name)) for name in COLUMNS if name not in untold}
    return Pupil(our_id, **fields)


def _value(name: str, text: str) -> Any:
    if name in _DATES:
        return date.fromisoformat(text) if text else None
    return text == "1" if name in FLAGS else text
