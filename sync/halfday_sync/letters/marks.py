"""The marks in a template's words, {{ field }} and {% for … %}: what they name, and what is wrong with them."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from halfday_sync.letters.catalogue import Template, all_fields
from halfday_sync.letters.rendering import environment
from halfday_sync.letters.word_file import Paragraph

if TYPE_CHECKING:
    from jinja2 import nodes

_MARK = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}")
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")
_SINGLE = re.compile(r"(?<!\{)\{\s*([a-z_]+)\s*\}(?!\})")
_KIND = re.compile(r"^-?\s*(p|tr|tc|r)\s+")
_FOR, _IF = "for", "if"
_CHILDREN = "children"
_QUOTES = str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''")
_NOWHERE = Paragraph("", "")


@dataclass(slots=True)
class _Block:
    """A loop or a condition that is open: how it was opened, where, and what its own name stands for."""

    word: str
    kind: str
    place: str
    name: str = ""
    of_children: bool = False


@dataclass
class Reading:
    """A template read paragraph by paragraph.

    Attributes:
        faults: where, and what is wrong.
        used: the fields that it holds.
    """

    template: Template
    faults: list[tuple[str, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    _open: list[_Block] = field(default_factory=list)
    _at: Paragraph = _NOWHERE

    def paragraph(self, at: Paragraph) -> None:
        """Reads a paragraph."""
        self._at = at
        for found in _MARK.finditer(at.text):
            if found[1] is not None:
                self._put_in(found[1].translate(_QUOTES))
            elif found[2] is not None:
                self._statement(found[2].translate(_QUOTES), found[0])
        rest = _MARK.sub("", at.text)
        if _LEFT_OVER.search(rest):
            self._wrong("a mark is begun and not ended, or the other way round; write {{ name }} in one go")
        for name in _SINGLE.findall(rest):
            if name in all_fields():
                self._wrong(f"{{{name}}} has one curly bracket on each side; write {{{{ {name} }}}}")
        self._ends_here()

    def end(self) -> None:
        """Says what is still open."""
        for block in self._open:
            self.faults.append((block.place, f"{{% {block.word} … %}} has no {{% end{block.word} %}}"))

    def _wrong(self, words: str) -> None:
        text = self._at.text.strip()
        self.faults.append((f"{self._at.place} ({text[:37] + '…' if len(text) > 38 else text!s})", words))

    def _ends_here(self) -> None:
        """A block that is opened within a line ends in that line; those over several lines are marked with p or tr."""
        for block in [one for one in self._open if not one.kind and one.place == self._at.place]:
            self._wrong(
                f"{{% {block.word} … %}} goes over several lines; write {{%p {block.word} … %}} in a line alone"
            )
            block.kind = "p"

    def _statement(self, said: str, mark: str) -> None:
        found = _KIND.match(said)
        kind, words = (found[1], said[found.end() :]) if found else ("", said.lstrip("-"))
        words = words.rstrip("-").strip()
        self._alone(kind, mark)
        word, _, rest = words.partition(" ")
        if word == _FOR:
            self._loop(rest, kind)
        elif word == _IF:
            self._open.append(_Block(_IF, kind, self._at.place))
            self._expression(rest, condition=True)
        elif word == "elif":
            self._expression(rest, condition=True)
        elif word in {"endfor", "endif"}:
            self._close(word.removeprefix("end"), kind)
        elif word != "else" or rest:
            self._wrong(f"{{% {words} %}} is not known here; there are for, endfor, if, elif, else and endif")

    def _alone(self, kind: str, mark: str) -> None:
        if kind == "p" and self._at.text.strip() != mark:
            self._wrong(f"the other words in the line of {mark} would be lost; give {mark} a line of its own")
        elif kind == "tr" and not self._at.in_row:
            self._wrong(f"{mark} is for a row of a table, and this is none; write {{%p instead of {{%tr")
        elif kind == "tr" and self._at.row_text.strip() != mark:
            self._wrong(f"the other words in the row of {mark} would be lost; give {mark} a row of its own")

    def _loop(self, rest: str, kind: str) -> None:
        block = _Block(_FOR, kind, self._at.place)
        node = self._parsed(f"{{% for {rest} %}}{{% endfor %}}")
        if node is not None:
            from jinja2 import nodes  # noqa: PLC0415

            loop = next(node.find_all(nodes.For))
            source = loop.iter
            block.name = loop.target.name if isinstance(loop.target, nodes.Name) else ""
            block.of_children = isinstance(source, nodes.Name) and source.name == _CHILDREN
            self._names(source, condition=True)
        self._open.append(block)

    def _close(self, word: str, kind: str) -> None:
        if not self._open or self._open[-1].word != word:
            self._wrong(f"{{% end{word} %}} ends nothing that was begun before it")
            return
        block = self._open.pop()
        if block.kind != kind:
            begun = f"{{%{block.kind} {word}" if block.kind else f"{{% {word}"
            self._wrong(f"begun with {begun} … %}}, so it ends with {{%{block.kind} end{word} %}}")

    def _put_in(self, said: str) -> None:
        self._expression(_KIND.sub("", said).strip(), condition=False)

    def _expression(self, words: str, *, condition: bool) -> None:
        if node := self._parsed(f"{{{{ {words} }}}}"):
            self._names(node, condition=condition)

    def _parsed(self, text: str) -> "nodes.Template | None":
        from jinja2 import TemplateSyntaxError  # noqa: PLC0415

        try:
            return environment().parse(text)
        except TemplateSyntaxError:
            self._wrong("cannot be read; write {{ name }} with the name of a field, as the editing guide lists them")
            return None

    def _names(self, node: "nodes.Node", *, condition: bool) -> None:
        """Everything that an expression names."""
        from jinja2 import nodes  # noqa: PLC0415

        if any(isinstance(one, nodes.Call) for one in [node, *node.find_all(nodes.Call)]):
            self._wrong("a template only puts fields in; it cannot call anything")
            return
        inner: set[int] = set()
        for one in self._all(node, nodes.Getattr):
            inner.add(id(one.node))
            self._of_a_child(one.node, one.attr)
        for name in self._all(node, nodes.Name):
            if id(name) not in inner:
                self._top(name.name, condition=condition)

    @staticmethod
    def _all(node: "nodes.Node", kind: type) -> Iterator[Any]:
        if isinstance(node, kind):
            yield node
        yield from node.find_all(kind)

    def _of_a_child(self, owner: "nodes.Expr", name: str) -> None:
        from jinja2 import nodes  # noqa: PLC0415

        block = next((one for one in self._open if isinstance(owner, nodes.Name) and one.name == owner.name), None)
        if isinstance(owner, nodes.Name) and owner.name == "loop":
            return
        if block is None or not block.of_children:
            self._wrong(f"“.{name}” is not known here; it is for the children: {{% for child in children %}}")
        elif name not in all_fields() or not all_fields()[name].of_a_child:
            known = [one.id for one in all_fields().values() if one.of_a_child]
            self._wrong(f"a child has no field {name!r}{_meant(name, known)}")
        else:
            self.used.add(name)

    def _top(self, name: str, *, condition: bool) -> None:
        if name == "loop" or any(block.name == name for block in self._open):
            return
        known = all_fields().get(name)
        if known is None:
            self._wrong(f"there is no field {name!r}{_meant(name, all_fields())}")
            return
        self.used.add(name)
        if known.each and self.template.shared:
            self._wrong(
                f"brothers and sisters share this letter, and each has a {name!r} of their own; write "
                f"{{{{ child.{name} }}}} between {{% for child in children %}} and {{% endfor %}}"
            )
        elif (known.list or known.loop) and not condition:
            self._wrong(
                f"{name!r} is several lines; write {{%p for line in {name} %}}, {{{{ line }}}}, {{%p endfor %}}"
            )


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else "; the editing guide lists them all"
