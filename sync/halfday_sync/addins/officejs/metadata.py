"""What Excel is told of the functions, and what the pane shows of them: both from the docstrings of the engine."""

import json
from typing import Any

from halfday import reference


def function_ids() -> tuple[str, ...]:
    """The functions by name; an id never changes once a workbook has it."""
    return tuple(entry.name for entry in reference.entries())


def counts() -> dict[str, int]:
    """How many arguments each function takes."""
    return {entry.name: len(entry.parameters) for entry in reference.entries()}


def functions_json() -> str:
    """The metadata that Excel reads. Nothing but the fields of Microsoft's schema, which allows no others.

    An argument that may be several cells is a matrix. Any other is one cell, so that a column of them spills.
    """
    functions = [
        {
            "id": entry.name,
            "name": entry.name,
            "description": entry.summary,
            "parameters": [_parameter(one) for one in entry.parameters],
            "result": {"type": "any", "dimensionality": "scalar"},
        }
        for entry in reference.entries()
    ]
    return json.dumps({"allowErrorForDataTypeAny": True, "functions": functions}, ensure_ascii=False, indent=1)


def _parameter(one: reference.Parameter) -> dict[str, Any]:
    said = {
        "name": one.name,
        "description": one.help,
        "type": "any",
        "dimensionality": "matrix" if one.table else "scalar",
    }
    return said | ({"optional": True} if one.optional else {})


def reference_json() -> str:
    """The same for the pane, with the example to insert and what else to know."""
    functions = [
        {
            "name": entry.name,
            "signature": entry.signature,
            "description": entry.summary,
            "details": entry.details,
            "parameters": [
                {"name": one.name, "description": one.help, "optional": one.optional} for one in entry.parameters
            ],
            "example": entry.example,
        }
        for entry in reference.entries()
    ]
    return json.dumps({"functions": functions}, ensure_ascii=False, indent=1)
