"""Comments on a page: those on a pupil's row go with the pupil, in every part of the file that says so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.lint_sheet import box
from halfday_sync.workbook.package import Package
from halfday_sync.workbook.update.markup import Splice, parsed, spliced, with_attributes
from halfday_sync.workbook.update.own_page import OwnPage, Place
from halfday_sync.workbook.update.page_keys import Keyed

_THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_NOTE = re.compile(rb"<(\w+):ClientData\b[^>]*ObjectType=[\"']Note[\"'][^>]*>.*?</\1:ClientData>", re.DOTALL)
_ROW = re.compile(rb"(<\w+:Row>\s*)(\d+)(\s*</\w+:Row>)")
_COLUMN = re.compile(rb"(<\w+:Column>\s*)(\d+)(\s*</\w+:Column>)")
_ANCHOR = re.compile(rb"(<\w+:Anchor>)([^<]*)(</\w+:Anchor>)")


@dataclass(frozen=True)
class Commented:
    """The parts that hold the comments of a sheet: notes, threads, and the boxes in which notes are shown."""

    notes: tuple[str, ...]
    threads: tuple[str, ...]
    boxes: tuple[str, ...]

    @classmethod
    def of(cls, package: Package, part: str) -> "Commented":
        """Those of a sheet."""
        kinds: dict[str, list[str]] = {"comments": [], "threadedComment": [], "vmlDrawing": []}
        for _rel_id, target in package.relationships.get(part, []):
            if target.kind in kinds and target.part in package.parts:
                kinds[target.kind].append(target.part)
        return cls(*(tuple(found) for found in kinds.values()))


def moved(package: Package, part: str, moves: Mapping[Place, Place]) -> dict[str, bytes]:
    """The changed parts of a workbook in which comments of a sheet move.

    Raises:
        SafetyError: a part with comments cannot be read.
    """
    found = Commented.of(package, part)
    if not moves:
        return {}
    changed = {name: _refs(package.parts[name], name, "comments", moves) for name in found.notes}
    changed |= {name: _refs(package.parts[name], name, "ThreadedComments", moves, _THREADED) for name in found.threads}
    changed |= {name: _NOTE.sub(lambda one: _box(one[0], moves), package.parts[name]) for name in found.boxes}
    return changed


def _refs(data: bytes, part: str, root: str, moves: Mapping[Place, Place], space: str = "") -> bytes:
    node = parsed(data, part, root, space=space) if space else parsed(data, part, root)
    listed = node.children if space else [one for group in node.all("commentList") for one in group.children]
    splices = []
    for one in listed:
        at = box(one.attributes.get("ref", ""))
        if (to := moves.get((at.top, at.left))) is not None:
            tag = data[one.start : one.inner]
            splices.append(Splice(one.start, one.inner, with_attributes(tag, {"ref": _address(to)})))
    return spliced(data, splices)


def _box(data: bytes, moves: Mapping[Place, Place]) -> bytes:
    row, column = _ROW.search(data), _COLUMN.search(data)
    if row is None or column is None:
        return data
    place = (int(row[2]) + 1, int(column[2]) + 1)
    to = moves.get(place)
    if to is None:
        return data
    down, across = to[0] - place[0], to[1] - place[1]
    data = _ANCHOR.sub(lambda one: one[1] + _shifted(one[2], down, across) + one[3], data, count=1)
    data = _ROW.sub(lambda one: one[1] + str(to[0] - 1).encode() + one[3], data, count=1)
    return _COLUMN.sub(lambda one: one[1] + str(to[1] - 1).encode() + one[3], data, count=1)


def _shifted(anchor: bytes, down: int, across: int) -> bytes:
    """The corners of a box: column, points, row, points of both."""
    numbers = [int(one) for one in anchor.split(b",")]
    if len(numbers) != 8:
        return anchor
    for at, by in ((0, across), (2, down), (4, across), (6, down)):
        numbers[at] = max(0, numbers[at] + by)
    return ", ".join(map(str, numbers)).encode()


def _address(place: Place) -> str:
    return f"{letters(place[1] - 1)}{place[0]}"


def places(package: Package, part: str) -> list[Place]:
    """The cells of a sheet that have comments.

    Raises:
        SafetyError: a part with comments cannot be read.
    """
    found = Commented.of(package, part)
    notes = [parsed(package.parts[name], name, "comments") for name in found.notes]
    threads = [parsed(package.parts[name], name, "ThreadedComments", space=_THREADED) for name in found.threads]
    listed = [one for node in notes for group in node.all("commentList") for one in group.children]
    listed += [one for node in threads for one in node.children]
    areas = [box(one.attributes.get("ref", "")) for one in listed]
    return list(dict.fromkeys((area.top, area.left) for area in areas))


def moves(commented: Iterable[Place], now: Keyed, fresh: OwnPage) -> dict[Place, Place]:
    """Where comments go: with the key of their row, else to the pupil, else beside the title; to no other pupil."""
    about = set(fresh.keys.values())
    todo: list[Place] = []
    taken: set[Place] = set()
    for place in commented:
        row, column = place
        stays = column > now.right or (row not in now.rows and row not in about)
        if stays:
            taken.add(place)
        else:
            todo.append(place)
    found: dict[Place, Place] = {}
    # First those whose row is still there: no other comment may take their places.
    for place in sorted(todo, key=lambda one: (now.rows.get(one[0], "") not in fresh.keys, one)):
        to = next(one for one in _wanted(place, now, fresh) if one not in taken)
        taken.add(to)
        if to != place:
            found[place] = to
    return found


def _wanted(place: Place, now: Keyed, fresh: OwnPage) -> Iterator[Place]:
    row, column = place
    key = now.rows.get(row, "")
    to = fresh.keys.get(key) or _first_of(key.partition("|")[0], fresh.keys)
    if to:
        columns = [at for at in range(1, now.right + 1) if at != now.column and (to, at) not in fresh.covered]
        yield from ((to, at) for at in sorted(columns, key=lambda at: (at != column, at)))
    filled = now.filled(1)
    yield from ((1, at) for at in range(now.right + 1, 16_384) if at not in filled)


def _first_of(pupil_id: str, keys: Mapping[str, int]) -> int:
    return min((row for key, row in keys.items() if pupil_id and key.partition("|")[0] == pupil_id), default=0)
