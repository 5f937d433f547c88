"""Arbor: a custom report by its live feed (JSON or CSV), or exported (CSV, XLSX, the BI connector's tables).

What is Arbor's own and what is not: the address and its way in are known (confidence A). The headings are whatever
the school typed into its report (C), so a mapping file may state them, and `guess` works out the rest and says why.
How Arbor writes codes other than the register's is not known (C): [codes] of the mapping file says what they mean.

- Only **roll-call** marks are statutory. Marks of lesson registers are refused (`guess.LESSONS`).
- Arbor works past marks out anew when roll-call times are changed. A report then differs from what is held without
  anybody having changed a mark: that is judged where snapshots are received.
- A **permission** that is missing makes an empty report, not an error. So an empty one is refused.
- The report is read whole each time; a pupil who is not in it has not left.
- Pupils are known by their admission number, where the report has it, else by their UPN. Rows with neither (guests)
  are left out and counted.
"""

from collections.abc import Mapping
from typing import Any

from halfday_sync.sources.arbor.source import Arbor
from halfday_sync.sources.base import Site

__all__ = ["Arbor", "open_source"]


def open_source(settings: Mapping[str, Any], site: Site) -> Arbor:
    """The report that the settings name."""
    return Arbor(settings, site)
