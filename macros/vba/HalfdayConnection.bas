Attribute VB_Name = "HalfdayConnection"
Option Explicit
Option Private Module
' The one connection to Halfday's Python, which the agent starts at log-on. Excel itself starts nothing.

Private Const NOT_THERE As Long = -2147220991
Private Const PAUSE_IN_SECONDS As Long = 10

Private mPython As Object
Private mNotBefore As Date

Public Function HalfdayPython() As Object
    ' The connection. Where Python is not there, the next try waits: thousands of cells must not try one after another.
    If mPython Is Nothing Then
        If Now < mNotBefore Then Err.Raise NOT_THERE, "Halfday", "Halfday's Python is not there."
        mNotBefore = DateAdd("s", PAUSE_IN_SECONDS, Now)
        Set mPython = XLPy()
        mNotBefore = 0
    End If
    Set HalfdayPython = mPython
End Function

Public Sub HalfdayTryAgain()
    ' A person asks, so there is no pause before the next try.
    Set mPython = Nothing
    mNotBefore = 0
End Sub

Public Function HalfdayAsk(ByVal functionName As String, ByVal values As Variant) As Variant
    ' One call. A connection that broke, since Python was started anew, is made again once.
    Dim tried As Boolean, answer As Variant
    On Error GoTo Broken
Once:
    answer = HalfdayPython().CallUDF("halfday.udfs", functionName, values)
    HalfdayAsk = HalfdayShown(answer)
    Exit Function
Broken:
    If tried Then Err.Raise Err.Number, "Halfday", Err.Description
    tried = True
    Set mPython = Nothing
    Resume Once
End Function

Public Function HalfdayAskRows(ByVal functionName As String, ByVal values As Variant, ByVal columns As Variant) As Variant
    ' The same call for every row of a table, in one go: the values that differ come from the columns.
    Dim python As Object, asked As Object
    Set python = HalfdayPython()
    Set asked = python.Tuple(functionName, values, columns)
    HalfdayAskRows = python.Var(python.Call(python.Module("halfday_sync.addins.desktop"), "answer_rows", asked))
End Function

Public Function HalfdayShown(ByRef answer As Variant) As Variant
    ' An answer as a cell holds it: dates are numbers, and nothing is an empty text, which does not show as 0.
    If IsEmpty(answer) Or IsNull(answer) Then
        HalfdayShown = ""
    ElseIf VarType(answer) = vbDate Then
        HalfdayShown = CDbl(answer)
    Else
        HalfdayShown = answer
    End If
End Function
