"""The little school that the examples of the cell functions share."""

from typing import Any

import pytest

from halfday.functions import ATT_POLICY


@pytest.fixture(autouse=True)
def little_school(doctest_namespace: dict[str, Any]) -> None:
    """Eighteen days at school, two days ill, and a policy of two bands, one stage and one trigger."""
    doctest_namespace["calendar"] = "2025-09-01 to 2025-10-24 school"
    doctest_namespace["marks"] = " ".join(["/ \\"] * 18 + ["I I"] * 2)
    doctest_namespace["policy"] = ATT_POLICY(
        [["Good", "at least", 95, ""], ["Low", "at least", 0, ""]],
        [[1, "Stage 1", "below", 95, "", "Ring the family"]],
        [["letter", "Warning letter", "percent < 92", "", "concern", "Send the letter"]],
        None,
        [["Ring the family", "Office", "once", 1, "No"], ["Send the letter", "Head", "once", 5, "Yes"]],
    )
