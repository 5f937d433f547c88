"""A policy file as pieces: what stands before the first table, then each table with the comments that follow it.

A piece keeps its text to the letter, so that changing one value changes one line, and rows can be added, taken out or
put in another order while the comments between them stay where they are.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_MARK = "\ufeff"
_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Piece:
    """One table of the file.

    Attributes:
        name: `band` for a `[[band]]`, `rules` for `[rules]`, empty for what stands before the first table.
        body: from its header to its last value.
        tail: blank lines and comments after it.
    """

    name: str
    body: str
    tail: str = ""


def marked(text: str) -> tuple[str, str]:
    r"""The byte-order mark that PowerShell 5.1 and the Notepad of old begin a file with, and the text after it.

    >>> marked('\ufeffid = "x"') == ('\ufeff', 'id = "x"'), marked("")
    (True, ('', ''))
    """
    return (_MARK, text[len(_MARK) :]) if text.startswith(_MARK) else ("", text)


def split(text: str) -> tuple[Piece, ...]:
    r"""The pieces of a file; put together again they are the file.

    >>> [piece.name for piece in split('id = "x"\n\n[[band]] # c\nname = "A"\n\n# - Stages\n\n[[stage]]\nnumber = 1\n')]
    ['', 'band', 'stage']
    """
    names, texts = [""], [""]
    for line in text.splitlines(keepends=True):
        match = _HEADER.match(line.rstrip("\n"))
        if match and _is_whole(texts[-1]):
            names.append(match[2])
            texts.append(line)
        else:
            texts[-1] += line
    return tuple(_piece(name, part) for name, part in zip(names, texts, strict=True))


def join(pieces: Iterable[Piece]) -> str:
    """The file again."""
    return "".join(piece.body + piece.tail for piece in pieces)


def _is_whole(text: str) -> bool:
    """Whether nothing is open in a text: a line in a list of lists may look like a header."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _piece(name: str, text: str) -> Piece:
    lines = text.splitlines(keepends=True)
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    if not _is_whole("".join(lines[:end])):  # the last lines belong to a text of several lines
        end = len(lines)
    return Piece(name, "".join(lines[:end]), "".join(lines[end:]))


def put(pieces: Sequence[Piece], name: str, bodies: Sequence[str]) -> tuple[Piece, ...]:
    r"""The file with other tables of a name: in the places of those before, further ones after the last.

    >>> print(join(put(split('[[a]]\nn = 1\n\n# - then\n'), 'a', ['[[a]]\nn = 2\n', '[[a]]\nn = 3\n'])))
    [[a]]
    n = 2
    <BLANKLINE>
    [[a]]
    n = 3
    <BLANKLINE>
    # - then
    <BLANKLINE>
    """
    places = [at for at, piece in enumerate(pieces) if piece.name == name]
    found = list(pieces)
    for at, body in zip(places, bodies, strict=False):
        found[at] = replace(found[at], body=body)
    for at in places[len(bodies) :]:
        found[at] = replace(found[at], body="", tail=found[at].tail.lstrip("\n"))
    further = "".join(f"\n{body}" for body in bodies[len(places) :])
    if further:
        at = places[-1] if places else len(found) - 1
        found[at] = replace(found[at], body=ended(found[at].body) + further)
    return tuple(found)


def ended(text: str) -> str:
    """A text whose last line has its end."""
    return text if not text or text.endswith("\n") else f"{text}\n"
