"""The cell functions: what a spreadsheet can ask of the engine. Plain Python; each host has its own door.

Blank in, blank out; a wrong argument answers a sentence that begins with `#`, never a traceback. A cell that shows such
a sentence passes it on. The arguments mean the same in every function; where one differs, the function says so.

Arguments:
    marks: The pupil's marks: one cell, or a row of cells with one half term each; codes between single spaces.
    policy: The policy's text: the cell PolicyText, or a cell with ATT_POLICY.
    calendar: The school year's text: the cell CalendarText, or a cell with ATT_CALENDAR.
    as_of: The last day that counts: the cell AsOf, or a date.
    facts: The pupil's facts: dates of birth, joining and leaving, what people decided and did. Blank for none.
    since: Count from this date on. Blank for the start of the school year.
    attended: Sessions attended. A session is half a school day.
    possible: Sessions that could be attended.
    bands: As for ATT_POLICY.
    stages: As for ATT_POLICY.
    triggers: As for ATT_POLICY.
    rules: As for ATT_POLICY.
    actions: As for ATT_POLICY.

The examples share a little school (`addin/conftest.py`): `marks` are eighteen days at school and two of illness in the
`calendar` of one half term; `policy` has two bands, one stage, one trigger and two actions.
"""

from halfday.functions.counts import (
    ATT_BACK_ON,
    ATT_BACK_TO,
    ATT_BAND,
    ATT_IF_ABSENT,
    ATT_PA,
    ATT_PRINTED,
    ATT_SESSIONS_UNTIL,
)
from halfday.functions.policies import ATT_CALENDAR, ATT_POLICY, ATT_POLICY_CHECK
from halfday.functions.rows import (
    ATT_ACTIONS,
    ATT_CHANGED,
    ATT_COUNT,
    ATT_PATTERN,
    ATT_PENALTY,
    ATT_PERCENT,
    ATT_STAGE,
    ATT_STAGE_SINCE,
    ATT_TRIGGERS,
    ATT_WHY,
    action_words,
    stage_words,
    trigger_words,
)

__all__ = [
    "ATT_ACTIONS",
    "ATT_BACK_ON",
    "ATT_BACK_TO",
    "ATT_BAND",
    "ATT_CALENDAR",
    "ATT_CHANGED",
    "ATT_COUNT",
    "ATT_IF_ABSENT",
    "ATT_PA",
    "ATT_PATTERN",
    "ATT_PENALTY",
    "ATT_PERCENT",
    "ATT_POLICY",
    "ATT_POLICY_CHECK",
    "ATT_PRINTED",
    "ATT_SESSIONS_UNTIL",
    "ATT_STAGE",
    "ATT_STAGE_SINCE",
    "ATT_TRIGGERS",
    "ATT_WHY",
    "action_words",
    "stage_words",
    "trigger_words",
]
