"""Letters as Word files: templates, the fields they hold, filling them in, PDF, and a table for mail merge."""

from halfday_sync.letters.catalogue import all_fields, all_templates, find, template
from halfday_sync.letters.fields import DOTTED, Occasion, addressed, copies, fields, may_share
from halfday_sync.letters.rendering import render
from halfday_sync.letters.settings import LetterSettings

__all__ = [
    "DOTTED",
    "LetterSettings",
    "Occasion",
    "addressed",
    "all_fields",
    "all_templates",
    "copies",
    "fields",
    "find",
    "may_share",
    "render",
    "template",
]
