"""What was read out of a file: texts with the place where each stands, and faults."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

WORDS, MARKUP, SYNTAX, PAIR = "words", "markup", "syntax", "pair"
"""How a text is read: words that people read; values of markup, whose bare numbers are no ids; bytes and names of the
format, in which a name alone is chance; two cells beside each other, which together may be a full name."""
_IN_TWO_BYTES = {
    "utf-16-le": re.compile(rb"(?:[^\x00][\x00-\x06]){3,}"),
    "utf-16-be": re.compile(rb"(?:[\x00-\x06][^\x00]){3,}"),
}
"""Runs of letters of two bytes each, as far as alphabets that schools write in go (up to U+06FF)."""


class Text(NamedTuple):
    """A text of a file.

    Attributes:
        part: of which part of the file; a fixed name, never one that was read out of the file.
        where: in which cell, or which text of the part it is.
        text: the text.
        reading: one of the four above.
        sheet: the title of the sheet, or of the bookmark, under which it stands.
        is_alone: it is a cell by itself.
    """

    part: str
    where: str
    text: str
    reading: str = WORDS
    sheet: str = ""
    is_alone: bool = False


@dataclass
class Opened:
    """A file, or a part of one, that was opened."""

    texts: list[Text] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    parts: int = 0

    def add(self, other: "Opened") -> None:
        """What was found in another part."""
        self.texts += other.texts
        self.faults += other.faults
        self.parts += other.parts

    def say(self, texts: Iterable[Text]) -> None:
        """Texts, but for those with nothing in them."""
        self.texts += [one for one in texts if one.text and not one.text.isspace()]


def as_bytes_read(part: str, data: bytes, reading: str = SYNTAX) -> Iterator[Text]:
    """Bytes of which nobody knows what they are, read in the ways in which letters are written down."""
    yield Text(part, "as UTF-8", data.decode("utf-8", "ignore"), reading)
    if not data.isascii():
        yield Text(part, "as Windows letters", data.decode("cp1252", "ignore"), reading)
    for letters, pattern in _IN_TWO_BYTES.items():
        said = " ".join(one.decode(letters, "ignore") for one in pattern.findall(data))
        yield Text(part, f"as {letters.upper()}", said, reading)
