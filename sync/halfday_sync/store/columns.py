"""Bringing a snapshot's rows into the store's column order, and finding what differs, at the speed of `bytes`."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter

Align = Callable[[bytes, bytes], bytes]
"""(incoming row, stored row) -> the incoming row in the store's columns; who is not in it keeps the stored byte."""


def alignment(incoming: Sequence[str], columns: Mapping[str, int]) -> Align:
    r"""How rows of a register with these pupils are laid over stored rows.

    A snapshot usually lists pupils in the order it always did, and then a row needs no more than its missing end.

    >>> alignment(["b", "a"], {"a": 0, "b": 1, "c": 2})(bytes([5, 6]), bytes([1, 2, 3]))
    b'\x06\x05\x03'
    """
    width = len(incoming)
    order = [columns[pupil_id] for pupil_id in incoming]
    if order == list(range(width)):
        return lambda row, stored: row + stored[width:]
    # One take over "incoming, then stored": a column is the incoming byte of its pupil, else its own stored byte.
    take = [width + column for column in range(len(columns))]
    for index, column in enumerate(order):
        take[column] = index
    if len(take) == 1:
        return lambda row, stored: (row + stored)[take[0] : take[0] + 1]
    pick = itemgetter(*take)
    return lambda row, stored: bytes(pick(row + stored))


def differences(stored: bytes, incoming: bytes) -> list[tuple[int, int, int]]:
    """(column, old, new) wherever the incoming row says something else. No mark (0) says nothing."""
    if stored == incoming:
        return []
    return [
        (column, old, new) for column, (old, new) in enumerate(zip(stored, incoming, strict=True)) if old != new and new
    ]
