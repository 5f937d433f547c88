"""Who is who: the children a pack must not tell of, the child it is about, and the grown-ups of both.

Everybody the school ever had is known here by all it goes by, whatever the source: what is not here can neither be
covered (`covering`) nor searched for (`proof`).
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A child, and all it could be known by.

    Attributes:
        pupil_id: the id that the pupil has now.
        ids: every id that the pupil ever had; the present one need not be among them.
        upn: the unique pupil number.
        forename, surname: as the school's MIS has them.
        carers: names of parents and carers, as letters address them: `Mrs A Example`.
        phones: their numbers, however they are written.
        addresses: an address each, its lines apart by commas or line breaks.
        notes: what people wrote about this child, and no other.
    """

    pupil_id: str
    ids: tuple[str, ...] = ()
    upn: str = ""
    forename: str = ""
    surname: str = ""
    carers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without what it holds: a failing test or a log must not print it."""
        return f"{type(self).__name__}({self.pupil_id!r}, {len(fields(self))} fields)"


@dataclass(frozen=True, slots=True)
class Others:
    """Every child but the one that the pack is about, leavers included."""

    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Own(Person):
    """The child that the pack is about, and the grown-ups who may stand in it.

    Words that its `notes` and another child's both hold are no leak.

    Attributes:
        staff: names of staff as they stand in the cells that say who did something, of the head, of who prepares it;
            and what else is called after people and is no child: the class, the next school.
        also: other names of this child: a surname of before, the full legal name.
    """

    staff: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
