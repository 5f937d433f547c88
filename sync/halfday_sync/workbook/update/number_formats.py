"""Which number format each cell format of a workbook shows its numbers with."""

from halfday_sync.workbook.package import MAIN, Package
from halfday_sync.workbook.update import look

STYLES = "xl/styles.xml"


def number_codes(package: Package) -> tuple[str, ...]:
    """The code of the number format of each cell format; `#44` and the like where it depends on the country."""
    if STYLES not in package.trees:
        return ()
    tree = package.trees[STYLES]
    known, formats = look.number_codes(tree), tree.find(f"{MAIN}cellXfs")
    return tuple(look.code_of(known, row.get("numFmtId", "0")) for row in (formats if formats is not None else ()))
