"""Wonde as a source of marks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from halfday_sync.errors import SourceError
from halfday_sync.sources.assembly import Assembly, Rules
from halfday_sync.sources.base import Carries, Look, Site, Snapshot
from halfday_sync.sources.web import ATTEMPTS, Web
from halfday_sync.sources.wonde.contacts import NOT_SHARED, contacts_of
from halfday_sync.sources.wonde.deletions import deletion_notes
from halfday_sync.sources.wonde.identity import between_stays, formerly
from halfday_sync.sources.wonde.looking import Steps
from halfday_sync.sources.wonde.marks import MarkReader, updated_after
from halfday_sync.sources.wonde.pupils import Reader, plans_are_shared
from halfday_sync.sources.wonde.reading import Reading
from halfday_sync.sources.wonde.school import remarks, the_school
from halfday_sync.sources.wonde.values import reference

TOKEN = "Wonde token"  # noqa: S105 - its name, not the token
LEAVERS_MARKS_UNREAD = (
    "THE MARKS OF LEAVERS MAY NOT BE READ: ask the school to approve them at Wonde (attendance-leavers). What is held "
    "of children who have left stays, without later changes; sessions without a mark cannot be listed as missing"
)
_TRIES_OF_A_LOOK = 2


@dataclass(frozen=True)
class Wonde:
    """The source of the kind `wonde`."""

    settings: Mapping[str, Any]
    site: Site
    token: str = field(repr=False)

    @property
    def carries(self) -> Carries:
        """Minutes late are not among the fields that are known to be read (C); they are taken where they come."""
        return Carries(minutes=False, changes=True, carers=True)

    def web(self, attempts: int = ATTEMPTS) -> Web:
        """The service; to be closed."""
        return Web(
            "Wonde",
            self.settings["address"],
            wait=self.site.wait,
            now=self.site.now,
            headers={"Authorization": f"Bearer {self.token}"},
            attempts=attempts,
        )

    def pull(self, since: datetime | None) -> Snapshot:
        """Pupils and leavers, whole; and the marks that changed since a day before `since` (or of the school year).

        Raises:
            SourceError: anything that was needed could not be read whole, or contradicts itself; then nothing is given.
        """
        with self.web() as web:
            return self._pull(web, since)

    def _pull(self, web: Web, since: datetime | None) -> Snapshot:
        reading = Reading(self.settings, self.site, web)
        school = the_school(web, self.settings["school_id"])
        code_of = reading.codes()
        roll = reading.roll(since)
        if all(child.left for child in roll.children):
            raise SourceError(
                "Wonde lists no pupil at all for this school.",
                now="Ask whoever looks after Wonde at the school to approve reading pupils. If it is, tell us.",
            )
        rows, leavers_marks = reading.marks(updated_after(since, self.site.begins))
        if {reference(row.get("student")) for row in rows} - roll.ids.keys() - roll.gone and roll.whole:
            roll = reading.roll(None)  # somebody came or was deleted meanwhile, or long ago
        rules = Rules(self.site.today, self.site.begins, self.settings.get("codes", {}), self.settings["keep_comments"])
        assembly = Assembly(web.name, rules)
        assembly.problems += roll.problems
        assembly.notes += [*remarks(school), *roll.notes, *deletion_notes(roll, since)]
        if not leavers_marks:
            assembly.notes.append(LEAVERS_MARKS_UNREAD)
        groups = reading.groups(roll)
        pupils = Reader(self.site.today, self.settings.get("sen", {}), plans_are_shared(roll.children), groups)
        for child in roll.children:
            assembly.pupil(pupils.pupil(child))
        assembly.notes += pupils.tell()
        carers = contacts_of(roll.here, assembly.notes)
        if carers is None and NOT_SHARED not in assembly.notes:
            assembly.notes.append(NOT_SHARED)
        MarkReader(code_of, roll.ids, roll.gone, roll.whole).give(rows, assembly)
        snapshot = assembly.finish(
            as_of=self.site.now,
            complete=roll.whole,
            since=since,
            whole=since is None,
            every_session=leavers_marks,
        )
        stays = between_stays(roll.children)
        return replace(snapshot, formerly=formerly(roll.children), off_roll=stays, carers=carers)

    def look(self) -> Iterator[Look]:
        """The way to the school's marks, step by step."""
        with self.web(_TRIES_OF_A_LOOK) as web:
            yield from Steps(Reading(self.settings, self.site, web)).all()

    def archive(self) -> None:
        """Nothing is kept at Wonde."""
