"""Which number format each cell format of a workbook shows its numbers with."""

from halfday_sync.workbook.package import MAIN, Package

STYLES = "xl/styles.xml"
_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "mm-dd-yy", 15: "d-mmm-yy",
    16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 20: "h:mm", 22: "m/d/yy h:mm", 49: "@",
}  # fmt: skip
"""The formats that have a number and no code in a file (ECMA-376-1, 18.8.30), those that staff use."""


def number_codes(package: Package) -> tuple[str, ...]:
    """The code of the number format of each cell format; empty for one whose code the file does not tell."""
    tree = package.trees.get(STYLES)
    if tree is None:
        return ()
    own = {int(row.get("numFmtId", "0")): row.get("formatCode", "") for row in tree.iter(f"{MAIN}numFmt")}
    known = _BUILT_IN | own
    formats = tree.find(f"{MAIN}cellXfs")
    rows = formats if formats is not None else ()
    return tuple(known.get(int(row.get("numFmtId", "0")), "") for row in rows)
