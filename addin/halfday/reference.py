"""What the cell functions say of themselves: one line each, a line for each argument, an example. Read from docstrings.

The function wizard, the add-in's metadata, the task pane and the table in `addin/README.md` all come from here.
"""

import inspect
import re
from dataclasses import dataclass
from functools import cache

from halfday import functions

_TABLES = frozenset({"marks", "bands", "stages", "triggers", "rules", "actions", "dates"})
"""Arguments that may be several cells."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument: what it is called, what to give, whether it may be left out, whether it may be several cells."""

    name: str
    help: str
    optional: bool
    table: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell function: its name, what it gives in one line, what else to know, its arguments, an example to insert."""

    name: str
    summary: str
    details: str
    parameters: tuple[Parameter, ...]
    example: str

    @property
    def signature(self) -> str:
        """How it is called: `ATT_BAND(attended, possible, policy)`, in brackets what may be left out."""
        words = [f"[{one.name}]" if one.optional else one.name for one in self.parameters]
        return f"{self.name}({', '.join(words)})"


@cache
def entries() -> tuple[Entry, ...]:
    """Every cell function, in the order of the alphabet."""
    return tuple(_entry(name) for name in sorted(functions.__all__) if name.startswith("ATT_"))


@cache
def entry(name: str) -> Entry | None:
    """A cell function by its name."""
    return next((one for one in entries() if one.name == name), None)


def _entry(name: str) -> Entry:
    function = getattr(functions, name)
    parts = _sections(inspect.getdoc(function) or "")
    shared, own = _lines(_sections(inspect.getdoc(functions) or "")["Arguments"]), _lines(parts.get("Args", ""))
    words = shared | own
    parameters = tuple(
        Parameter(
            one.name,
            words[one.name],
            optional=one.default is not inspect.Parameter.empty,
            table=one.name in _TABLES,
        )
        for one in inspect.signature(function).parameters.values()
    )
    return Entry(name, parts["summary"], parts["details"], parameters, parts["Example"].strip())


def _sections(text: str) -> dict[str, str]:
    """The parts of a docstring: `summary`, `details`, and each titled section as it stands."""
    found: dict[str, list[str]] = {"summary": [], "details": []}
    at = "summary"
    for line in text.splitlines():
        if title := re.fullmatch(r"(Args|Arguments|Example):", line):
            at = title[1]
            found[at] = []
        elif line.startswith(">>>"):
            break
        elif not line.strip() and at == "summary":
            at = "details"
        elif line and not line.startswith(" ") and at not in {"summary", "details"}:
            at = "details"
            found[at].append(line)
        else:
            found[at].append(line)
    return {
        name: _joined(lines) if name in {"summary", "details"} else "\n".join(lines) for name, lines in found.items()
    }


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())


def _lines(section: str) -> dict[str, str]:
    """The arguments of a section: `name: what it is`, the words going on in deeper lines."""
    found: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        if match := re.match(r"    (\w+): (.+)", line):
            name, found[match[1]] = match[1], match[2]
        elif line.strip():
            found[name] += f" {line.strip()}"
    return found
