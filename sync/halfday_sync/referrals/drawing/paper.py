"""A pack on paper: a tagged PDF (PDF/UA-1). The same pack gives the same bytes on every computer.

The words go in as data beside `pack.typ`, so that nothing a person typed is ever read as markup; fonts are those
that typst brings.
"""

import json
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from halfday_sync.referrals.content import Block, Grid, Pack, Sheet, Table, as_json
from halfday_sync.referrals.drawing import look
from halfday_sync.referrals.fields import shipped

_BREAKS, _LINES = 2_000, 30
"""How many letters a field, and about how many lines a table's row may have and still be kept on one page."""
TOGETHER = frozenset({"chronology", "letters", "plans", "support", "barriers", "voice"})
"""Sheets that may share a page. Others have their own: some are signed or handed in by themselves, and that of the
family is the only one on which brothers and sisters may stand (`proof.prove`)."""
_WORDS = {
    "draft": look.DRAFT,
    "name": look.NAME,
    "signed": look.SIGNED,
    "date": look.DATE,
    "total": look.TOTAL,
    "week": look.WEEK,
    "days": look.DAYS,
    "sessions": look.SESSIONS,
    "page": "Page",
    "of": "of",
}
_UNKNOWN = "sign that cannot be printed"
PRINTED = (
    " -~\u00a0-\u00ac\u00ae-\u0377\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u04ff"  # Latin, Greek, Cyrillic
    "\u05d0-\u05ea\u0621-\u063a\u0640-\u064a\u0660-\u066d\u0679\u067e\u0686\u0691\u0698\u06a9\u06af\u06be\u06cc\u06f0-\u06f9"
    "\u1e00-\u1eff\u2010-\u2027\u2030-\u2040\u2044-\u2052\u2070\u2071\u2074-\u208e\u20a0-\u20bf"
    "\u2122\u2126\u2150\u2151\u2153-\u215e\u2190-\u22ff\u2500-\u2606\u2610-\u2612\u2713\u2714\u2717\u2718\ufb00-\ufb06\ufffd"
)
"""The signs that typst's own fonts hold, as ranges of a regular expression; a test prints every one of them."""
_NOT_PRINTED = re.compile(f"[^\n{PRINTED}]")


def paper(pack: Pack) -> bytes:
    """The pack as a PDF: A4, short sheets one under the other; table headings are repeated, rows are not cut."""
    import typst  # noqa: PLC0415  (the compiler with its fonts; only a pack needs it)

    source = (shipped() / "pack.typ").read_bytes()
    made_on = datetime(pack.made_on.year, pack.made_on.month, pack.made_on.day, tzinfo=UTC)
    compiler = typst.Compiler(root=str(shipped()), ignore_system_fonts=True)
    made = compiler.compile(
        input=source,
        format="pdf",
        sys_inputs={"pack": json.dumps(_said(pack))},
        timestamp=made_on,
        pdf_standards="ua-1",
    )
    return bytes(made)  # type: ignore[arg-type]  # one file, as nothing but pictures comes page by page


def printable(text: str) -> str:
    """A text in signs that the paper's fonts hold; a sign that they lack is told by its name, so that nothing is lost.

    >>> printable("Zoë left early 😊")
    'Zoë left early [smiling face with smiling eyes]'
    """
    return _NOT_PRINTED.sub(lambda found: _named(found[0]), look.plain(text).replace("\t", " "))


def _named(sign: str) -> str:
    """Its name in brackets; nothing for what cannot be seen anyway (joiners, variation marks, control signs)."""
    if unicodedata.category(sign) in {"Mn", "Me", "Cf", "Cc"}:
        return ""
    return f"[{unicodedata.name(sign, _UNKNOWN).lower()}]"


def _said(pack: Pack) -> dict[str, Any]:
    """What the template is given."""
    told = as_json(pack)
    for sheet, drawn in zip(pack.sheets, told["sheets"], strict=True):
        drawn["wide"] = look.is_wide(sheet)
        whole = look.LYING if look.is_wide(sheet) else look.UPRIGHT
        for block, one in zip(sheet.blocks, drawn["blocks"], strict=True):
            one.update(_laid_out(block, whole))
    said = {
        "pack": told,
        "words": _WORDS,
        "shades": dict(look.SHADES),
        "colours": look.styles()["colour"],
        "made": look.made(pack),
    }
    printed: dict[str, Any] = _printed(said)
    leaves: list[list[Any]] = []
    for number, drawn in enumerate(printed["pack"]["sheets"]):
        if number and _follows(pack.sheets[number - 1], pack.sheets[number]):
            leaves[-1].append(drawn)
        else:
            leaves.append([drawn])
    return {**printed, "leaves": leaves, "breaks": _BREAKS, "lines": _LINES}


def _follows(before: Sheet, sheet: Sheet) -> bool:
    """Whether a sheet may begin on the page on which the one before it ends."""
    return {before.id, sheet.id} <= TOGETHER and not look.is_wide(before) and not look.is_wide(sheet)


def _laid_out(block: Block, whole: float) -> dict[str, Any]:
    """What the template is told besides: how wide the columns are, as shares of the page."""
    if isinstance(block, Table):
        return {"widths": [one / whole for one in look.widths(block, whole)], "figures": look.figures(block)}
    if isinstance(block, Grid):
        return {"widths": [one / whole for one in look.grid_widths(block, whole)], "shades": look.shades_in(block)}
    return {}


def _printed(value: Any) -> Any:
    """Every text in it as the fonts can show it."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _printed(one) for name, one in value.items()}
    return [_printed(one) for one in value] if isinstance(value, list | tuple) else value
