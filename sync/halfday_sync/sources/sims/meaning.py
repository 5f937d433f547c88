"""What captions and codes of SIMS mean: the school's mapping file and codes, over what the vendor's own pages prove."""

from collections.abc import Mapping as Dictionary
from dataclasses import replace
from pathlib import Path
from typing import Any

from halfday_sync.sources.tabular.columns import Mapping, mapping_of
from halfday_sync.sources.tabular.dates import DateOrder

SUB_CODES: Dictionary[str, str] = {
    "I01": "I",
    "I02": "I",
    **{f"X0{number}": "X" for number in range(1, 8)},
    "+": "X",
}
"""Sub-codes of SIMS and the register code they belong to; `+` is how local authorities write X01.

Source: sims-partners.com, pages on sub-codes and on COVID-19; simsforschools.com, 8 March 2021 (confidence A).
"""
NOT_ON_ROLL = "*"
"""Stands in the printed grid where a pupil was not on roll (confidence C); such a cell says nothing."""


def meaning_of(settings: Dictionary[str, Any], folder: Path) -> Mapping:
    """The mapping to read SIMS' tables with: the file that the settings name, their codes, then the vendor's.

    SIMS writes the day first (confidence A); a report whose dates prove otherwise is still refused.

    Raises:
        SettingsError: the mapping file is wrong.
    """
    stated = mapping_of(settings, folder)
    return replace(
        stated,
        codes={NOT_ON_ROLL: "", **SUB_CODES, **stated.codes},
        date_order=stated.date_order or DateOrder.DAY_FIRST,
        keep_comments=stated.keep_comments or bool(settings.get("keep_comments")),
    )


def code_meant(text: str, mapping: Mapping) -> str:
    """A code of SIMS as the mapping has it, or as it is; blank where such a mark is to be left out."""
    return mapping.codes_by_key.get(text.strip().casefold(), text.strip())
