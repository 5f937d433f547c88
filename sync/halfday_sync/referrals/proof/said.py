"""What the proof says: what was opened, what was searched for, what was found. Never the words that were found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Proven:
    """A file that was opened: its name, SHA-256 and size in bytes, how many parts and texts it has."""

    name: str
    sha256: str
    size: int
    parts: int
    texts: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the file, the part of it, and in a sheet the cell; what kind of thing it is, and whose.

    Attributes:
        file: the name of the file.
        part: `Chronology`, `page 3`, `docProps/core.xml`, …
        where: the cell, or what else says where within the part; may be empty.
        kind: `full name`, `surname`, `forename`, `carer`, `id`, `upn`, `phone`, `address`, `note`.
        whose: ids of the pupils whose it may be.
    """

    file: str
    part: str
    where: str
    kind: str
    whose: tuple[str, ...]

    def __str__(self) -> str:
        """In a line, by ids only."""
        at = ", ".join(filter(None, (self.file, self.part, self.where)))
        more = f" and {len(self.whose) - 3} more" if len(self.whose) > 3 else ""
        return f"{at}: {self.kind} of pupil {', '.join(self.whose[:3])}{more}"

    def in_words(self) -> str:
        """For whoever opens the file there: without the names of parts that only programs know.

        >>> Place("pack.xlsx", "Chronology (xl/worksheets/sheet5.xml)", "C15", "forename", ("2101",)).in_words()
        'pack.xlsx, Chronology, C15: may be the forename of pupil 2101'
        """
        at, _, whose = str(replace(self, part=self.part.partition(" (xl/")[0])).partition(": ")
        return f"{at}: may be the {whose}"


class Leak(Place):
    """A place where another child stands. No file with one is ever put in place."""

    __slots__ = ()


@dataclass(frozen=True)
class Proof:
    """What was proven, and how.

    Attributes:
        version: of the search.
        files: what was opened.
        searched: how many things were searched for, by kind.
        explained: how many hits are no leak, by why: the child's own, a carer's, staff, fixed words, an everyday word.
        to_read: places with an everyday word that is a child's name too, and the like: for a person to read.
        leaks: places where another child stands.
        faults: what a pack never holds, whatever is in it: a formula, a link, a hidden sheet, a picture, a comment.
    """

    version: int
    files: tuple[Proven, ...] = ()
    searched: Mapping[str, int] = field(default_factory=dict)
    explained: Mapping[str, int] = field(default_factory=dict)
    to_read: tuple[Place, ...] = ()
    leaks: tuple[Leak, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nobody else was found and nothing stands in the files that does not belong there."""
        return not self.leaks and not self.faults
