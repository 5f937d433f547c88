Rem Stands in for the COM object of xlwings. It keeps a line for each call, and answers what was asked.
Option ClassModule
Option Compatible
Option Explicit

Public Log As String
Public Refuses As Boolean
Public NoRows As Boolean

Public Function CallUDF(moduleName As String, functionName As String, values As Variant) As Variant
    Log = Log & "one " & functionName & Chr(10)
    If Refuses Then Err.Raise 13
    CallUDF = functionName & Shown(values)
End Function

Public Function Module(name As String) As Variant
    Module = name
End Function

Public Function Tuple(functionName As String, values As Variant, columns As Variant) As Variant
    Tuple = Array(functionName, values, columns)
End Function

Public Function Var(answers As Variant) As Variant
    Var = answers
End Function

Public Function AnswerRows(moduleName As String, method As String, asked As Variant) As Variant
    Dim answers() As Variant, row As Long, at As Long, values As Variant, columns As Variant, some As Variant
    Log = Log & "rows " & asked(0) & Chr(10)
    If NoRows Then Err.Raise 13
    columns = asked(2)
    For at = 0 To UBound(columns)
        If IsArray(columns(at)) Then some = columns(at)
    Next at
    ReDim answers(UBound(some, 1) - 1)
    For row = 1 To UBound(some, 1)
        values = asked(1)
        For at = 0 To UBound(columns)
            If IsArray(columns(at)) Then values(at) = columns(at)(row, 1)
        Next at
        answers(row - 1) = asked(0) & Shown(values)
        If values(0) = "left open" Then answers(row - 1) = Null
    Next row
    AnswerRows = answers
End Function

Private Function Shown(values As Variant) As String
    Dim at As Long
    For at = LBound(values) To UBound(values)
        If IsArray(values(at)) Then
            Shown = Shown & "|rows"
        Else
            Shown = Shown & "|" & values(at)
        End If
    Next at
End Function
