"""The years before Reception: the law asks for no register of them, so nothing of theirs is missing."""

BEFORE_RECEPTION = ("E1", "E2", "N1", "N2", "N")
"""Early first and second year, nursery first and second year, nursery.

Source: the DfE's CBDS, NC year actual, as two public systems spell it out: E2 is "Early second year", below N1
(confidence B). Bromcom writes E2 for Reception; that is said where Bromcom is read.
"""
_WORDS = frozenset({*BEFORE_RECEPTION, "NUR", "NURSERY"})


def is_before_reception(year_group: str) -> bool:
    """Whether a year group is one before Reception, as a code or in words.

    >>> [is_before_reception(text) for text in ("N2", "Nursery", "Nursery 1", "R", "1", "")]
    [True, True, True, False, False, False]
    """
    return not _WORDS.isdisjoint(year_group.upper().split())
