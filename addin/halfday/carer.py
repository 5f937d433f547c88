"""A parent or carer, as far as the source shares them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carer:
    """Somebody to ring or to write to about a pupil.

    Attributes:
        pupil_id: whose carer.
        order: the place in the school's list of whom to ring, from 1.
        name: as letters address them: `Mrs A Example`.
        relationship: in words: `Mother`.
        phones: numbers as people dial them, the first one first.
        letters: whether letters go to them; a parent without that right gets none.
    """

    pupil_id: str
    order: int
    name: str = ""
    relationship: str = ""
    phones: tuple[str, ...] = ()
    letters: bool = True
