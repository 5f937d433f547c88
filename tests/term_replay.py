"""The autumn term of the made-up school, morning by morning, into a real store and a real tracker."""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import process_time

from tests.term_admin import Admin, happenings
from tests.term_pages import morning
from tests.term_school import TermSchool, term_school

from halfday_sync import config as settings
from halfday_sync.commands.demo_desk import Desk
from halfday_sync.flavours import flavour_of
from halfday_sync.morning_run import School, write_morning
from halfday_sync.receiving.taking_in import take_in
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy

_MORNING, _EVENING = time(9, 30), time(16)
_SOURCE = "made-up school"
_CLEAR_UP = 15
"""Mornings after which what nobody needs any more is thrown away."""
_LETTERS = """
[letters]
contact = "the school office, 01632 960001"
sender = "Ms M Oakes, Headteacher"
address = ["1 Larkfield Road", "Exampleton EX1 1AA"]
"""


@dataclass
class Term:
    """A term that was replayed.

    Attributes:
        folder: the school's folder, as the last morning left it.
        admin: who worked in the tracker, with all that they typed.
        shown: the mornings of the named dates as text.
        last: its last day, on which people only look.
        files: the letters there were on each morning, by their paths in the folder.
        seconds: how long the whole took, by the processor's clock.
    """

    policy: str
    folder: Path
    school: TermSchool
    admin: Admin
    shown: dict[date, str] = field(default_factory=dict)
    last: date = date.max
    files: dict[date, frozenset[str]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def letters(self) -> Path:
        """Where its letters are."""
        return self.folder / "letters"


def replay(policy: str, folder: Path, named: Mapping[date, Sequence[str]]) -> Term:
    """A term under a policy; what a person reads on the named dates is kept."""
    school = term_school()
    days = [*school.days]
    families = {one.pupil_id: one.family_id for one in school.made_up.pupils}
    term = Term(
        policy, folder, school, Admin(days, happenings(school.happenings), families, school.silent), last=days[-1]
    )
    path = settings.write(folder, school.made_up.name, policy)
    path.write_text(path.read_text(encoding="utf-8") + _LETTERS, encoding="utf-8")
    config = settings.load(folder)
    began = process_time()
    gc.collect()
    gc.disable()  # a morning makes a million small things that nearly all go by themselves
    try:
        with Store.open(config.store, school=config.school) as store:
            office = School(config, store, usable_policy(policy_path(policy)), flavour_of(config))
            take_in(store, school.in_the_evening(days[0]), today=days[0], now=_at(days[0], _EVENING), source=_SOURCE)
            for number, day in enumerate(days[1:]):
                _day(term, office, day, named.get(day, ()))
                if number % _CLEAR_UP == 0:
                    gc.collect()
    finally:
        gc.enable()
    term.seconds = process_time() - began
    return term


def _day(term: Term, office: School, day: date, parts: Sequence[str]) -> None:
    """A morning's marks, the run, the people's day in the tracker, the evening's marks."""
    store, school = office.store, term.school
    take_in(store, school.in_the_morning(day), today=day, now=_at(day, _MORNING), source=_SOURCE)
    path = write_morning(office, day, now=_at(day, _MORNING)).path
    data = path.read_bytes()
    before = term.files[max(term.files)] if term.files else frozenset()
    there = frozenset(str(one.relative_to(term.folder)) for one in term.letters.rglob("*") if one.is_file())
    term.files[day] = there
    if parts:
        new = [term.folder / one for one in there - before if "withdrawn" not in one]
        term.shown[day] = morning(Desk(data), term.folder, new, parts)
    if day == term.last:
        term.admin.look(Desk(data))
        return
    path.write_bytes(term.admin.work(data, day))
    take_in(store, school.in_the_evening(day), today=day, now=_at(day, _EVENING), source=_SOURCE)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, UTC)
