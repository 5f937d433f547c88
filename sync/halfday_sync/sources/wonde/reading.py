"""What is asked of Wonde, list by list, and what follows where the school has not approved one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from halfday_sync.sources.base import Progress, Site, unseen
from halfday_sync.sources.web import RefusedError, Web
from halfday_sync.sources.wonde import contacts, pages
from halfday_sync.sources.wonde.classes import class_of, memberships
from halfday_sync.sources.wonde.identity import Child, Listed, children, known, nobody_numbered
from halfday_sync.sources.wonde.marks import code_list, updated_after
from halfday_sync.sources.wonde.pages import Pages
from halfday_sync.sources.wonde.pupils import INCLUDES, PLANS
from halfday_sync.sources.wonde.settling import newest_rows, settled
from halfday_sync.sources.wonde.values import Record, text

LEAVERS_UNREAD = (
    "THE LIST OF LEAVERS MAY NOT BE READ: ask the school to approve it at Wonde (students-leaver). Until then nobody "
    "who is missing from the list of pupils is taken to have left"
)
_NO_NUMBERS = (
    "Wonde shares no admission number of any pupil: ask the school to approve education details at Wonde, or write "
    'pupil_id = "mis_id" in [source] of halfday.toml'
)
_FORBIDDEN, _NOT_UNDERSTOOD = 403, 422
_MORE = ((PLANS, *contacts.INCLUDES), (PLANS,), contacts.INCLUDES, ())
"""What is asked for besides, as long as it is refused: one of them may not be approved, and nobody says which."""
_REFUSED = {
    PLANS: "child protection plans are not shared: ask the school to approve them at Wonde",
    contacts.INCLUDES[0]: contacts.NOT_SHARED,
}


@dataclass(frozen=True)
class Roll:
    """What the lists of pupils say, read together.

    Attributes:
        children: each child once.
        problems: what stands against using it.
        whole: whether both lists were read, so that who is in neither has gone.
        deletions: what Wonde says it deleted.
        notes: for a person.
    """

    children: list[Child]
    problems: list[str]
    whole: bool
    deletions: tuple[Record, ...] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def here(self) -> list[Child]:
        """The children on roll."""
        return [child for child in self.children if not child.left]

    @property
    def ids(self) -> dict[str, str]:
        """Our pupil id by Wonde's."""
        return known(self.children, self.deletions)

    @property
    def gone(self) -> frozenset[str]:
        """Wonde's ids of what it has deleted and lists no more."""
        return frozenset(text(record.get("id")) for record in self.deletions) - self.ids.keys()


@dataclass(frozen=True)
class Reading:
    """One reading of one school."""

    settings: Mapping[str, Any]
    site: Site
    web: Web

    def rows(self, path: str, asked: str, *, progress: Progress = unseen, **params: str) -> Pages:
        """A list of the school's, whole."""
        address = f"schools/{self.settings['school_id']}/{path}"
        full = {"per_page": self.settings["per_page"], **params}
        return pages.read(self.web, address, full, asked=asked, progress=progress)

    def allowed(self, path: str, asked: str, **params: str) -> Pages | None:
        """A list that the school may not have approved: None then."""
        try:
            return self.rows(path, asked, progress=unseen, **params)
        except RefusedError as no:
            if no.status != _FORBIDDEN:
                raise
            return None

    def codes(self) -> dict[str, str]:
        """Register codes by Wonde's id of them."""
        return code_list(self.rows("attendance-codes", "attendance codes").rows)

    def roll(self, since: datetime | None) -> Roll:
        """Both lists of pupils, those on roll first: who leaves in between is then in both, and not in neither."""
        here, left, notes = self._allowed_lists()
        if left is None:
            notes.append(LEAVERS_UNREAD)
        listed = [Listed(row, left=False) for row in here.rows]
        listed += [Listed(row, left=True) for row in (left.rows if left else ())]
        found, problems = children(listed, self.settings["pupil_id"])
        if found and self.settings["pupil_id"] == "admission_number" and nobody_numbered(found):
            problems.append(_NO_NUMBERS)
        deleted = self.allowed("deletions", "deletions", updated_after=updated_after(since, self.site.begins))
        if deleted is None:
            notes.append("deletions may not be read at Wonde; nothing rests on them alone")
        return Roll(found, problems, left is not None, tuple(deleted.rows if deleted else ()), notes)

    def _allowed_lists(self) -> tuple[Pages, Pages | None, list[str]]:
        """Both lists of pupils with as much as the school has approved, and a note for what it has not."""
        refused = None
        for more in _MORE:
            try:
                here, left = self._both(more)
            except RefusedError as no:
                if no.status not in (_FORBIDDEN, _NOT_UNDERSTOOD):
                    raise
                refused = no
                continue
            return here, left, [note for name, note in _REFUSED.items() if name not in more]
        raise refused or AssertionError("there is always one way to ask")

    def _both(self, more: tuple[str, ...]) -> tuple[Pages, Pages | None]:
        """Contacts are asked for of pupils on roll only: nobody rings about a child who has left."""
        include = ",".join((*INCLUDES, *more))
        of_leavers = ",".join(name for name in include.split(",") if name not in contacts.INCLUDES)

        def read() -> list[Pages]:
            here = self.rows("students", "pupils", progress=self.site.progress, include=include)
            left = self.allowed("students-leaver", "leavers", include=of_leavers)
            return [here, left] if left else [here]

        here, *left = settled(read, "lists of pupils")
        return here, left[0] if left else None

    def marks(self, after: str) -> tuple[list[Record], bool]:
        """Every mark that was changed after a time, once; and whether those of leavers may be read."""

        def read() -> list[Pages]:
            here = self.rows("attendance/session", "marks", progress=self.site.progress, updated_after=after)
            left = self.allowed("attendance-leavers/session", "marks of leavers", updated_after=after)
            return [here, left] if left else [here]

        lists = settled(read, "marks")
        return newest_rows(lists), len(lists) == 2

    def groups(self, roll: Roll) -> Mapping[str, list[Record]]:
        """The registration groups by Wonde's id of a child; asked for only where a child on roll has no class."""
        if all(child.left or class_of(child.records[0], self.site.today)[0] for child in roll.children):
            return {}
        listed = self.allowed("groups", "groups", include="students", type="REGISTRATION")
        return memberships(listed.rows if listed else ())
