"""The module `HalfdayFunctions`: a VBA function for each cell function, and what the function wizard says of it.

All of it comes from the reference, which comes from the docstrings. A wrapper hands its arguments to `HalfdayAnswer`
(in `macros/vba/HalfdayMemo.bas`) and computes nothing.
"""

from collections.abc import Iterator, Sequence

from halfday.reference import Entry, Parameter, entries

_MOST = 255
"""Letters that the function wizard has room for."""
_CATEGORY = "Halfday"


def functions_module(among: Sequence[Entry] | None = None) -> str:
    """The text of the module."""
    found = entries() if among is None else among
    lines = [
        'Attribute VB_Name = "HalfdayFunctions"',
        "Option Explicit",
        "' Made by Halfday from the reference of its cell functions. Changes here are lost with the next tracker.",
        "",
        *(line for entry in found for line in _wrapper(entry)),
        *_wizard(found),
    ]
    return "".join(f"{line}\n" for line in lines)


def quoted(text: str) -> str:
    r"""A text of one line as VBA writes it, cut where the wizard has no more room.

    >>> quoted('the cell "AsOf"\n or a date')
    '"the cell ""AsOf"" or a date"'
    """
    line = " ".join(text.split())
    if len(line) > _MOST:
        line = line[: _MOST - 1].rsplit(" ", 1)[0] + "…"
    return '"' + line.replace('"', '""') + '"'


def _wrapper(entry: Entry) -> Iterator[str]:
    names = ", ".join(one.name for one in entry.parameters)
    yield f"Public Function {entry.name}({', '.join(map(_argument, entry.parameters))}) As Variant"
    yield f"Attribute {entry.name}.VB_Description = {quoted(entry.summary)}"
    yield f'Attribute {entry.name}.VB_ProcData.VB_Invoke_Func = " \\n14"'
    yield f'    {entry.name} = HalfdayAnswer("{entry.name}", Array({names}))'
    yield "End Function"
    yield ""


def _argument(parameter: Parameter) -> str:
    return f"{'Optional ' if parameter.optional else ''}ByVal {parameter.name} As Variant"


def _wizard(found: Sequence[Entry]) -> Iterator[str]:
    """The words of the function wizard. Only Excel itself can be told what it says of an argument."""
    yield "Public Sub HalfdayDescribe()"
    yield "    ' Called when the workbook opens. Telling Excel must not make it ask whether to save the workbook."
    yield "    Dim saved As Boolean"
    yield "    On Error Resume Next"
    yield "    saved = ThisWorkbook.Saved"
    for entry in found:
        helps = [quoted(one.help) for one in entry.parameters]
        yield f'    Describe "{entry.name}", {quoted(entry.summary)}, Array( _'
        yield from (f"        {text}, _" for text in helps[:-1])
        yield f"        {helps[-1]})"
    yield "    ThisWorkbook.Saved = saved"
    yield "End Sub"
    yield ""
    yield "Private Sub Describe(ByVal functionName As String, ByVal about As String, ByVal helps As Variant)"
    yield "    Dim macro As String"
    yield '    macro = "\'" & Replace(ThisWorkbook.Name, "\'", "\'\'") & "\'!" & functionName'
    yield (
        f'    Application.MacroOptions Macro:=macro, Description:=about, Category:="{_CATEGORY}", '
        "ArgumentDescriptions:=helps"
    )
    yield "End Sub"
