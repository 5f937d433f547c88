"""The proof itself: files in, a `Proof` out. Pure."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from halfday_sync.referrals.others import Others, Own
from halfday_sync.referrals.proof.judging import LEAK, READ
from halfday_sync.referrals.proof.paper import read_paper
from halfday_sync.referrals.proof.said import Leak, Place, Proof, Proven
from halfday_sync.referrals.proof.search import Found, Search
from halfday_sync.referrals.proof.texts import Opened, Text, as_bytes_read
from halfday_sync.referrals.proof.wanted import tally
from halfday_sync.referrals.proof.workbook import distinct, read_workbook

VERSION = 1
"""Counts up when the search changes."""
FAMILY = "Family"
"""The title of the sheet on which brothers and sisters may stand (`referrals.sheets.family`)."""
_PLAIN = (".toml", ".txt", ".json")


def prove(
    files: Mapping[str, bytes],
    others: Others,
    own: Own,
    vocabulary: Collection[str],
    siblings: Collection[str] = (),
    *,
    family: str = FAMILY,
) -> Proof:
    """Open every part of every file and search it for everybody else.

    Args:
        files: the files by name: `.xlsx`, `.pdf`, or text (`.toml`, `.txt`, `.json`).
        others: whom to search for.
        own: the child that the pack is about.
        vocabulary: fixed words and sentences, of the profile, the fields, the policy, the codes. A sentence explains
            only what stands within it; a single word explains itself anywhere.
        siblings: ids of brothers and sisters whom a person confirmed: they may stand on the sheet `family`.
        family: that sheet's title. In the workbook it is the sheet of that name; in the PDF the pages from the bookmark
            of that name to the next one.
    """
    search = Search(others, own, vocabulary, siblings)
    proven: list[Proven] = []
    places: list[tuple[str, Text, Found]] = []
    faults: list[str] = []
    for number, (name, data) in enumerate(files.items(), 1):
        read = opened(name, data)
        read.texts.append(Text("the file's name", "", name))
        label = name if not _is_telling(search.found(read.texts[-1])) else f"file {number}"
        proven.append(Proven(label, hashlib.sha256(data).hexdigest(), len(data), read.parts, len(read.texts)))
        faults += [f"{label}: {one}" for one in read.faults]
        for text in read.texts:
            is_family = bool(siblings) and text.sheet == family
            places += [(label, text, one) for one in search.found(text, is_family=is_family)]
    return Proof(
        VERSION,
        tuple(proven),
        tally(search.wanted),
        dict(sorted(Counter(one.verdict for *_, one in places if one.verdict not in (LEAK, READ)).items())),
        tuple(Place(*_place(*one, search)) for one in _once(places, READ)),
        tuple(Leak(*_place(*one, search)) for one in _once(places, LEAK)),
        distinct(faults),
    )


def opened(name: str, data: bytes) -> Opened:
    """A file, opened by what it is. One that nobody knows is a fault, and searched as bytes."""
    if name.endswith(".xlsx"):
        return read_workbook(data)
    if name.endswith(".pdf"):
        return read_paper(data)
    found = Opened(parts=1)
    if name.endswith(_PLAIN):
        lines = data.decode("utf-8", "replace").split("\n")
        found.say(Text("the text", f"line {number}", line) for number, line in enumerate(lines, 1))
        found.say([Text("the text", "", data.decode("utf-8", "replace"))])
    else:
        found.faults.append("nobody knows what kind of file this is")
        found.say(as_bytes_read("the file", data))
    return found


def _is_telling(found: Iterable[Found]) -> bool:
    return any(one.verdict in (LEAK, READ) for one in found)


def _once(places: Iterable[tuple[str, Text, Found]], verdict: str) -> Iterable[tuple[str, Text, Found]]:
    """Each place once, with the kind that says most."""
    found: dict[tuple[str, ...], tuple[str, Text, Found]] = {}
    for label, text, one in places:
        if one.verdict == verdict:
            found.setdefault((label, text.part, text.where, one.kind, *one.whose), (label, text, one))
    return found.values()


def _place(label: str, text: Text, found: Found, search: Search) -> tuple[str, str, str, str, tuple[str, ...]]:
    """Where it stands; under the sheet's title, unless that is what tells."""
    is_titled = text.sheet and not _is_telling(search.found(Text("", "", text.sheet)))
    part = f"{text.sheet} ({text.part})" if is_titled else text.part
    return label, part, text.where, found.kind, found.whose
