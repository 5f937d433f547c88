r"""A formula of the fresh workbook in the words of the one people work in: they may have renamed sheets and headers."""

import re
from collections.abc import Callable, Mapping

from halfday_sync.workbook.structured import closing

_PLAIN = re.compile(r"[A-Za-z_\\][A-Za-z0-9_.]*")
_LIKE_A_CELL = re.compile(r"(?i)[A-Z]{1,3}\d+|R\d*C\d*|R|C|TRUE|FALSE")
_ESCAPED = re.compile(r"['\[\]#@]")


def translator(sheets: Mapping[str, str], titles: Mapping[str, Mapping[str, str]]) -> Callable[[str], str]:
    """A function that puts a formula into the words of the workbook now.

    Args:
        sheets: what a sheet is called now, by its name in the fresh workbook.
        titles: what a header says now, by table and by what it says in the fresh workbook.

    >>> said = translator({"Policy": "Our policy"}, {"tblTracker": {"Stage": "Step"}})
    >>> said("IF(Policy!$A$3=1,tblTracker[[#This Row],[Stage]],SUM(tblTracker[Stage as sent]))")
    "IF('Our policy'!$A$3=1,tblTracker[[#This Row],[Step]],SUM(tblTracker[Stage as sent]))"
    """
    renamed = {old: new for old, new in sheets.items() if old != new}
    others = {table: new for table, pairs in titles.items() if (new := {o: n for o, n in pairs.items() if o != n})}
    if not renamed and not others:
        return lambda formula: formula

    def translated(formula: str) -> str:
        for old, new in renamed.items():
            formula = _with_sheet(formula, old, quoted(new))
        for table, pairs in others.items():
            formula = _with_titles(formula, table, pairs)
        return formula

    return translated


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it.

    >>> quoted("Tracker"), quoted("It's ours"), quoted("A1")
    ('Tracker', "'It''s ours'", "'A1'")
    """
    if _PLAIN.fullmatch(sheet) and not _LIKE_A_CELL.fullmatch(sheet):
        return sheet
    return "'" + sheet.replace("'", "''") + "'"


def _with_sheet(formula: str, old: str, new: str) -> str:
    """A formula with a sheet's name; in its texts only where one is a place to go to (`"#Tracker!A7"`).

    >>> _with_sheet('HYPERLINK("#Tracker!A"&Tracker!B1,"Tracker! Sam")', "Tracker", "List")
    'HYPERLINK("#List!A"&List!B1,"Tracker! Sam")'
    """
    name = re.escape(quoted(old))
    pieces = re.split(r'("(?:[^"]|"")*")', formula)
    for at, piece in enumerate(pieces):
        before = r'(?<=^"#)' if at % 2 else r"(?<![\w.'!\]])"
        said = new.replace('"', '""') if at % 2 else new
        pieces[at] = re.sub(f"{before}{name}!", lambda _match, said=said: f"{said}!", piece)
    return "".join(pieces)


def _with_titles(formula: str, table: str, pairs: Mapping[str, str]) -> str:
    """References to a table with other headers: `tbl[Old]`, `tbl[[#This Row],[Old]]`, `tbl[[Old]:[Other]]`."""
    out, at = [], 0
    for match in re.finditer(rf"(?<![\w.]){re.escape(table)}\[", formula):
        if match.start() < at:
            continue
        end = closing(formula, match.end() - 1)
        inside = formula[match.end() : end]
        out += [formula[at : match.end()], _renamed(inside, pairs)]
        at = end
    return "".join([*out, formula[at:]])


def _renamed(inside: str, pairs: Mapping[str, str]) -> str:
    if not inside.startswith("["):
        return _header(pairs[_bare(inside)]) if _bare(inside) in pairs else inside
    return re.sub(
        r"\[((?:[^\[\]']|'.)*)\]",
        lambda match: f"[{_header(pairs[_bare(match[1])])}]" if _bare(match[1]) in pairs else match[0],
        inside,
    )


def _bare(text: str) -> str:
    return re.sub(r"'(.)", r"\1", text)


def _header(title: str) -> str:
    return _ESCAPED.sub(lambda match: f"'{match[0]}", title)
