"""Letters as Word files: templates, the fields they hold, filling them in, PDF, and a table for mail merge."""

from halfday_sync.letters.catalogue import Field, Template, all_fields, all_templates, find, is_translated, template
from halfday_sync.letters.fields import DOTTED, Occasion, addressed, copies, fields, may_share
from halfday_sync.letters.merge import Merged, merge_table
from halfday_sync.letters.pdf import available, to_pdf
from halfday_sync.letters.rendering import render
from halfday_sync.letters.settings import LetterSettings

__all__ = [
    "DOTTED",
    "Field",
    "LetterSettings",
    "Merged",
    "Occasion",
    "Template",
    "addressed",
    "all_fields",
    "all_templates",
    "available",
    "copies",
    "fields",
    "find",
    "is_translated",
    "may_share",
    "merge_table",
    "render",
    "template",
    "to_pdf",
]
