"""The harvest: what people typed, ticked, changed and deleted since the store last heard of the workbook."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property

from halfday.contacted import CALL, begins_with
from halfday_sync.casework.contacts import FROM_PAGES
from halfday_sync.casework.minutes import CASELOAD, CHECK_IN, FAMILY, HALF_TERM, WEEKLY
from halfday_sync.entries import ACTIONS, BEGUN, CONTACTS, LETTERS, MINUTES, Entry, Problem, Typed
from halfday_sync.workbook.harvest import pages
from halfday_sync.workbook.harvest.as_it_stands import Reading, Said
from halfday_sync.workbook.harvest.changed import edits
from halfday_sync.workbook.harvest.known import Harvest, Known, Where
from halfday_sync.workbook.harvest.page_day import page_day
from halfday_sync.workbook.harvest.pupils import Ids, pupil_of
from halfday_sync.workbook.harvest.tables import read
from halfday_sync.workbook.harvest.typed import alike
from halfday_sync.workbook.keyed import keyed_tables
from halfday_sync.workbook.update.seen import Seen

_WHAT = {
    **FROM_PAGES,
    CHECK_IN: "Daily check-in",
    WEEKLY: "Weekly meeting",
    HALF_TERM: "Half-term review",
    FAMILY: "Family",
    CASELOAD: "Local authority caseload",
}
"""What a row of Today is called on Contacts, and one of Review on Minutes, by the second part of its key."""
_GO_ON = frozenset({HALF_TERM, CASELOAD})
"""Meetings that may be held after the day in the keys of their rows."""
_AT_THE_DOOR = ("child seen and safe", "nobody in", "visit refused")
"""Outcomes of a visit. Any other may have come by telephone, and a record must not claim a visit that nobody made."""
_FROM_PAGES = {CONTACTS: "what", MINUTES: "meeting"}
"""Tables whose rows may begin on a page, and the column that the second part of such a row's key fills."""

_APPROVE = LETTERS, "approve"
_TWO_ANSWERS = "Letters and Today say different things about one letter: Letters counts. Look again before it is sent."


def harvest(now: Seen, sent: Seen | None, known: Known) -> Harvest:
    """What people did. Pure: the same workbooks and the same store give the same harvest.

    What stands in several places (a call on Today and on Contacts) is as people changed it: the place in which it is as
    it was sent does not count. In an older copy, saved over a newer one, nothing that is as it was sent counts.

    Args:
        now: the workbook as people left it.
        sent: the same as Halfday wrote it last, where that is known: headers as Halfday calls them, numbers of columns
            and sheets as in the file (`update.sent.recalled`). Without it nothing counts as cleared or deleted.
        known: what the store has.
    """
    ids = Ids(known.pupils, known.moved)
    readings = [read(keyed, now, sent, known, ids) for keyed in keyed_tables()]
    sources: list[Reading | pages.Page] = [*readings]
    sources += [pages.read(page, now, sent, known, ids) for page in pages.PAGES]
    gathered = _Gathered(known, page_day(now) or known.today)
    for source in sources:
        gathered.add(source.said)
    said = [entry for entry in gathered.entries(now.saved_by) if not _is_known(entry, known)]
    said += _of_changed_pupils(readings, gathered, known, ids)
    told = {(entry.place, entry.key) for entry in said if entry.value is not None}
    gone = {
        one.keyed.name: tuple(k for k in _gone(one, gathered) if (one.keyed.name, k) not in told) for one in readings
    }
    said = [entry for entry in said if entry.key not in gone.get(entry.place, ())]
    problems = [problem for source in sources for problem in source.problems]
    kept = [word for source in sources if isinstance(source, pages.Page) for word in source.loose]
    return Harvest(
        entries=tuple({(entry.place, entry.key, entry.column): entry for entry in said}.values()),
        gone={place: keys for place, keys in gone.items() if keys},
        doubtful={(one.keyed.name, at): keys for one in readings for at, keys in one.doubtful.items()},
        named={(one.keyed.name, at): key for one in readings for at, key in one.named.items()},
        edits=tuple(edits(readings, known)),
        kept=tuple(dict.fromkeys(kept)),
        problems=tuple(dict.fromkeys([*problems, *gathered.problems])),
        saved_by=now.saved_by,
        saved_at=now.saved_at,
    )


def _gone(reading: Reading, gathered: "_Gathered") -> Iterator[str]:
    """Rows that people deleted, and those that they took back before they were ever sent.

    What was ticked on a page is taken back where its row there says nothing any more; if it is not there, it stays.
    """
    yield from reading.gone
    for key in reading.unsent:
        if not pupil_of(key) or gathered.is_blank(reading.keyed.name, key):
            yield key


def _is_known(entry: Entry, known: Known) -> bool:
    return alike(entry.value, known.entries.get((entry.place, entry.key, entry.column)))


class _Gathered:
    """All that was said about each cell, in a table and on pages, and what it comes to."""

    def __init__(self, known: Known, day: date) -> None:
        self.problems: list[Problem] = []
        self._known, self._day = known, day
        self._said: dict[Where, list[Said]] = {}
        self._more: dict[Where, list[str]] = {}
        self._values: dict[Where, Typed] = {}

    def add(self, said: Iterable[Said]) -> None:
        """Takes in what one sheet says."""
        for one in said:
            self._said.setdefault(one.where, []).append(one)

    def entries(self, saved_by: str) -> Iterator[Entry]:
        """What every cell comes to."""
        found = {where: Entry(*where, said[0].pupil_id, self._settled(said)) for where, said in self._said.items()}
        for (place, key, column), words in self._more.items():
            where = (place, key, "note")
            note = found[where].value if where in found else self._known.entries.get(where)
            pupil_id = self._said[place, key, column][0].pupil_id
            found[where] = Entry(*where, pupil_id, _with(note, words))
        self._values = {where: entry.value for where, entry in found.items()}
        yield from found.values()
        yield from self._begun(found.values(), saved_by)

    def _settled(self, said: Sequence[Said]) -> Typed:
        """What a cell comes to that may stand in several places: what a person changed; the table before a page."""
        where = said[0].where
        known = self._known.entries.get(where)
        changed = [one for one in said if one.is_changed(known)]
        if not changed:
            return self._untouched(said)
        first = next((one for one in changed if one.now is not None), changed[0])
        for other in changed:
            if other.now is not None and not alike(other.now, first.now):
                self._keep_both(other, first)
        return first.now

    def _untouched(self, said: Sequence[Said]) -> Typed:
        """What a cell comes to that is as it was sent: that again, whatever was typed in between and taken back.

        Where nothing is known to have been sent, the store knows better; likewise where an earlier copy was put back,
        but that words of the copy that were taken away since are there again: that is what it was put back for.
        """
        where = said[0].where
        known = self._known.entries.get(where)
        is_known = where[:2] in self._known.rows
        # A page may still show a row that was deleted.
        sent = [one for one in said if one.was_sent and (is_known or not one.page or where[:2] not in self._known.keys)]
        if not sent:
            return known
        if self._known.is_older and is_known:
            return next((one.now for one in sent if one.now is not None), None) if known is None else known
        return sent[0].now if all(alike(one.now, sent[0].now) for one in sent) else known

    def value(self, where: Where) -> Typed:
        """What a cell comes to."""
        return self._values.get(where)

    def is_blank(self, place: str, key: str) -> bool:
        """Whether a row was read, and nothing stands in it anywhere."""
        return self._blank.get((place, key), False)

    @cached_property
    def _blank(self) -> dict[tuple[str, str], bool]:
        """The rows that were read, and whether nothing stands in them. Only once everything was taken in."""
        found: dict[tuple[str, str], bool] = {}
        for (place, key, _column), said in self._said.items():
            found[place, key] = found.get((place, key), True) and all(one.now is None for one in said)
        return found

    def _keep_both(self, other: Said, first: Said) -> None:
        """Words that cannot stand in their cell, since another page says something else, go into the note."""
        place, _key, column = other.where
        if place in {CONTACTS, ACTIONS, LETTERS, MINUTES}:
            self._more.setdefault(other.where, []).append(f"{other.page}: {_words(other.now)}")
            if (place, column) == _APPROVE:
                self.problems.append(Problem(_TWO_ANSWERS, other.pupil_id))
            return
        where = " and ".join(filter(None, [first.page, other.page]))
        self.problems.append(
            Problem(f"{where} say different things about one duty: {first.page} counts.", other.pupil_id)
        )

    def _begun(self, found: Iterable[Entry], saved_by: str) -> Iterator[Entry]:
        """A call noted on Today becomes a row of Contacts, what a meeting agreed one of Minutes: when, whom, what."""
        new = {
            (entry.place, entry.key): entry.pupil_id
            for entry in found
            if entry.place in _FROM_PAGES and entry.value is not None and pupil_of(entry.key)
        }
        for (place, key), pupil_id in new.items():
            if (place, key) in self._known.rows or (place, key, "date") in self._said:
                continue
            former, what, said = key.split("|", 2)
            day = date.fromisoformat(said) if place == CONTACTS else _met(date.fromisoformat(said), what, self._day)
            row: dict[str, Typed] = {"date": day, "pupil_id": pupil_id or former}
            row[_FROM_PAGES[place]] = _what(what, self._values.get((place, key, "outcome")))
            row |= {"who": saved_by or None} if place == CONTACTS else {}
            for column, value in row.items():
                if value is not None:
                    yield Entry(place, key, column, pupil_id, value)


def _what(what: str, outcome: Typed) -> str:
    """What is written down: nobody was at the door unless the outcome says so, wherever on the page it was typed."""
    said = str(outcome or "")
    if what == "visit" and not any(begins_with(said, words) for words in _AT_THE_DOOR):
        return CALL
    return _WHAT.get(what, what)


def _met(until: date, what: str, page: date) -> date:
    """The day on which something was agreed: that of the page. The key of a row says only for what day it stands there.

    A meeting of a day or a week is over on that day. The rows of a half-term review stand there for some days more.
    """
    return page if what in _GO_ON else min(until, page)


def _with(note: Typed, words: Iterable[str]) -> Typed:
    """A note with more words; those that are in it already are not said again."""
    lines = [_words(note)] if note is not None else []
    for word in words:
        if not any(word in line for line in lines):
            lines.append(word)
    return "\n".join(lines)


def _words(value: Typed) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value.day}/{value.month}/{value.year}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _of_changed_pupils(readings: Sequence[Reading], gathered: _Gathered, known: Known, ids: Ids) -> Iterator[Entry]:
    """All cells of rows in which people put another pupil: what they say is about that pupil now."""
    for reading in readings:
        place = reading.keyed.name
        for row in reading.rows if place in BEGUN else ():
            before = known.row(place, row.key).get("pupil_id")
            if before is None or ids.now(str(before)) == row.pupil_id:
                continue
            for column in row.cells:
                where = (place, row.key, column)
                value = gathered.value(where)
                if value is not None:
                    yield Entry(*where, row.pupil_id, value)
