"""What an MIS says mark by mark, put together to one snapshot: everything proven, set aside, or every reason why not.

For services and files of a fixed shape. Tables with headings that people typed go through `tabular`, judged by rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from halfday import codes
from halfday.printing import counted, date_in_words, first_few
from halfday.register import SESSIONS, Mark, Pupil, Register, SessionKey
from halfday_sync.errors import SourceError
from halfday_sync.sources.base import SetAside, Snapshot
from halfday_sync.sources.contradictions import cannot_be_at_weekend, words_of_clash, words_of_weekend
from halfday_sync.sources.upn import UpnKind, read_upn
from halfday_sync.sources.wording import shown_pupil


@dataclass(frozen=True)
class Rules:
    """What decides how marks are read.

    Attributes:
        today: no mark is later unless it was agreed ahead; those that are not are the store's to refuse.
        begins: earlier marks are left out.
        codes: the school's or the system's own codes, by how they come, as register codes; "" leaves such a mark out.
        keep_comments: comments may hold safeguarding notes, so they are left behind unless this says otherwise.
    """

    today: date
    begins: date = date.min
    codes: Mapping[str, str] = field(default_factory=dict)
    keep_comments: bool = False

    @property
    def own(self) -> Mapping[str, str]:
        """`codes` as register codes are spelled, so that y is Y."""
        return {codes.tidy(theirs): ours and codes.tidy(ours) for theirs, ours in self.codes.items()}


class Assembly:
    """Gathers pupils and marks in any order, then judges them together."""

    def __init__(self, name: str, rules: Rules) -> None:
        self.name, self.rules = name, rules
        self.notes: list[str] = []
        self.problems: list[str] = []
        self._pupils: dict[str, Pupil] = {}
        self._marks: dict[tuple[str, SessionKey], Mark] = {}
        self._clashes: dict[tuple[str, SessionKey], set[str]] = defaultdict(set)
        self._weekends: dict[tuple[str, SessionKey], set[str]] = defaultdict(set)
        self._unknown: Counter[str] = Counter()
        self._repeated = 0
        self._odd_minutes = 0
        self._earlier = 0
        self._left_out = 0
        self._own = rules.own

    def pupil(self, pupil: Pupil) -> None:
        """A pupil. Told twice, the two must agree but for what one of them leaves blank; the later one fills it in."""
        kind, upn = read_upn(pupil.upn)
        if not upn and kind is not UpnKind.BLANK:
            self.notes.append(f"{shown_pupil(pupil.pupil_id)}: the UPN was dropped, as it is {kind.value}")
        pupil = replace(pupil, upn=upn)
        before = self._pupils.get(pupil.pupil_id)
        if before is not None and _another(before, pupil):
            self.problems.append(f"two different pupils have one id: {shown_pupil(pupil.pupil_id)}")
        self._pupils[pupil.pupil_id] = pupil if before is None else _filled(pupil, before)

    def mark(
        self, pupil_id: str, day: date, session: str, code: str, *, minutes: int | None = None, comment: str = ""
    ) -> None:
        """A mark. Alike twice, it counts once; two that differ are both set aside, for a person to say."""
        session = session.strip().upper()
        if day < self.rules.begins:
            self._earlier += 1
            return
        tidy = codes.tidy(code)
        text = self._own.get(tidy, tidy)
        if not text:
            self._left_out += 1
            return
        if session not in SESSIONS:
            self.problems.append(
                f"{shown_pupil(pupil_id)}, {date_in_words(day)}: there is a session that is neither AM nor PM"
            )
            return
        key = (pupil_id, SessionKey(day, session))
        if cannot_be_at_weekend(text, day):
            self._weekends[key].add(text)
            return
        try:
            codes.code_id(text, day)
        except codes.UnknownCodeError as fault:
            # a long one may be somebody's words
            self._unknown[str(fault) if len(text) <= 3 else f"a code of {len(text)} characters"] += 1
            return
        if minutes is not None and text not in codes.LATE:
            self._odd_minutes += bool(minutes)
            minutes = minutes or None  # 0 minutes beside a mark that is not late says nothing
        self._store(key, Mark(pupil_id, day, session, text, minutes, comment if self.rules.keep_comments else ""))

    def _store(self, key: tuple[str, SessionKey], told: Mark) -> None:
        before = self._marks.setdefault(key, told)
        if before is told:
            return
        if before.code != told.code and "-" in (before.code, told.code):  # no mark yet does not contradict a mark
            self._marks[key] = told if before.code == "-" else before
            return
        if before.code != told.code:
            self._clashes[key] |= {before.code, told.code}
            return
        self._repeated += 1
        if (before.minutes_late, before.comment) == (None, ""):
            self._marks[key] = told

    def finish(
        self,
        *,
        calendar: Mapping[date, str] | None = None,
        as_of: datetime | None = None,
        complete: bool = True,
        since: datetime | None = None,
        whole: bool = False,
        every_session: bool = False,
    ) -> Snapshot:
        """The snapshot.

        Raises:
            SourceError: with every problem; then nothing is returned.
        """
        problems = [*self.problems, *self._code_problems(), *self._strangers(complete=complete)]
        if problems:
            raise SourceError(
                f"What {self.name} gave cannot be used.",
                problems=problems,
                done="Nothing was stored and the workbook was not touched.",
                now="Put these right in the MIS, or say in [source.codes] of halfday.toml what a code means; then run "
                "this again.",
            )
        set_aside = tuple(sorted(self._set_aside(), key=lambda one: (one.pupil_id, one.date, one.session)))
        self._tell()
        register = Register.from_marks(self._marks.values(), self._pupils)
        return Snapshot(
            pupils=tuple(self._pupils[pupil_id] for pupil_id in sorted(self._pupils)),
            register=register,
            calendar=dict(calendar or {}),
            as_of=as_of,
            complete=complete,
            notes=tuple(self.notes),
            since=since,
            whole=whole,
            set_aside=set_aside,
            every_session=every_session,
        )

    def _set_aside(self) -> Iterator[SetAside]:
        """Takes out what contradicts itself or cannot be."""
        for (who, key), told in self._clashes.items():
            del self._marks[who, key]
            yield SetAside(who, *key, words_of_clash(self.name, told, *key))
        for (who, key), told in self._weekends.items():
            self._marks.pop((who, key), None)
            yield SetAside(who, *key, words_of_weekend(told, *key))

    def _code_problems(self) -> Iterable[str]:
        return (f"{words} ({counted(count, 'mark')})" for words, count in sorted(self._unknown.items()))

    def _strangers(self, *, complete: bool) -> Iterable[str]:
        """Marks of children who are not on a list that claims to be whole: a permission, a filter, a leavers' list."""
        if not complete:
            return
        strangers = sorted({who for who, _ in self._marks} - self._pupils.keys())
        if strangers:
            yield (
                f"there are marks of pupils who are in no list of pupils: {first_few(map(shown_pupil, strangers))} "
                "(may the list of leavers not be read?)"
            )

    def _tell(self) -> None:
        if self._repeated:
            self.notes.append(f"{counted(self._repeated, 'mark')} given again, always alike, and counted once")
        if self._odd_minutes:
            self.notes.append(
                f"{counted(self._odd_minutes, 'mark')} with minutes late beside a code that is not L or U: kept"
            )
        if self._earlier:
            self.notes.append(f"{counted(self._earlier, 'mark')} before {date_in_words(self.rules.begins)} left out")
        if self._left_out:
            self.notes.append(f"{counted(self._left_out, 'mark')} left out, as [source.codes] says of their code")
        lost = sum("?" in f"{pupil.surname}{pupil.forename}" for pupil in self._pupils.values())
        if lost:
            self.notes.append(f"a ? stands for a lost letter in {counted(lost, 'name')}")


def _filled(later: Pupil, before: Pupil) -> Pupil:
    """The later telling, with what it leaves blank as it was told before, but for an end: who is back has none."""
    told = [name for name in Pupil.__slots__ if name != "end_date"]
    blank = {name: getattr(before, name) for name in told if getattr(later, name) in (None, "")}
    return replace(later, **blank)


def _another(one: Pupil, other: Pupil) -> bool:
    """Whether two tellings of an id cannot be one child: the same UPN is the same child, whatever it is called now."""
    if one.upn and one.upn == other.upn:
        return False
    return any(
        mine and theirs and mine != theirs
        for mine, theirs in ((one.upn, other.upn), (one.dob, other.dob), (one.surname, other.surname))
    )
