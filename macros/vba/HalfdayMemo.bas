Attribute VB_Name = "HalfdayMemo"
Option Explicit
Option Private Module
' What was answered before is not asked again. Answers are kept by function and by the values of the arguments, so
' whatever is kept, a cell can never show the answer to another question.

Private Const MOST_ANSWERS As Long = 100000
Private Const LONG_TEXT As Long = 40
Private Const SAME_BURST_IN_SECONDS As Long = 2

Private mAnswers As Object
Private mTexts As Object
Private mBursts As Object
Private mLastTexts(1) As String
Private mLastKeys(1) As String

Public Function HalfdayAnswer(ByVal functionName As String, ByVal given As Variant) As Variant
    ' What a cell shows. Without Python it is #N/A, so that IFERROR in the tracker's cells shows the value as sent.
    Dim values As Variant, key As String
    On Error GoTo NoAnswer
    If mAnswers Is Nothing Then HalfdayForget
    If mAnswers.Count > MOST_ANSWERS Then HalfdayForget
    values = GivenValues(given)
    key = CallKey(functionName, values)
    If Not mAnswers.Exists(key) Then AskForColumn functionName, given, values
    If Not mAnswers.Exists(key) Then Keep mAnswers, key, HalfdayAsk(functionName, values)
    HalfdayAnswer = mAnswers.Item(key)
    Exit Function
NoAnswer:
    HalfdayAnswer = CVErr(xlErrNA)
End Function

Public Sub HalfdayForget()
    Set mAnswers = HalfdayNewDictionary()
    Set mTexts = HalfdayNewDictionary()
    Set mBursts = HalfdayNewDictionary()
    mLastTexts(0) = "": mLastKeys(0) = ""
    mLastTexts(1) = "": mLastKeys(1) = ""
End Sub

Private Sub Keep(ByVal among As Object, ByVal key As String, ByVal value As Variant)
    If among.Exists(key) Then among.Remove key
    among.Add key, value
End Sub

Private Function GivenValues(ByVal given As Variant) As Variant
    ' The arguments as plain values, without those left out at the end.
    Dim values() As Variant, at As Long, last As Long
    last = UBound(given)
    Do While last > 0
        If IsObject(given(last)) Then Exit Do
        If IsArray(given(last)) Then Exit Do
        If Not IsMissing(given(last)) Then Exit Do
        last = last - 1
    Loop
    ReDim values(0 To last)
    For at = 0 To last
        values(at) = HalfdayValue(given(at))
        If IsArray(values(at)) Then values(at) = AsRows(values(at))
    Next at
    GivenValues = values
End Function

Private Function AsRows(ByVal values As Variant) As Variant
    ' An array written into a formula, {1,2}, comes as one row without being one.
    Dim rows() As Variant, at As Long, width As Long
    width = -1
    On Error Resume Next
    width = UBound(values, 2)
    On Error GoTo 0
    If width >= 0 Then
        AsRows = values
        Exit Function
    End If
    ReDim rows(1 To 1, LBound(values) To UBound(values))
    For at = LBound(values) To UBound(values)
        rows(1, at) = values(at)
    Next at
    AsRows = rows
End Function

' --- The key of a call -------------------------------------------------------------------------------------------

Private Function CallKey(ByVal functionName As String, ByRef values As Variant) As String
    Dim key As String, at As Long
    key = functionName
    For at = 0 To UBound(values)
        key = key & ValueKey(values(at))
    Next at
    CallKey = key
End Function

Private Function ValueKey(ByRef value As Variant) As String
    If IsArray(value) Then
        ValueKey = RowsKey(value, LBound(value, 1), UBound(value, 1))
    Else
        ValueKey = CellKey(value)
    End If
End Function

Private Function RowsKey(ByRef rows As Variant, ByVal first As Long, ByVal last As Long) As String
    ' Some rows of an array. One cell alone has the key of its value.
    Dim key As String, row As Long, column As Long
    If first = last And LBound(rows, 2) = UBound(rows, 2) Then
        RowsKey = CellKey(rows(first, LBound(rows, 2)))
        Exit Function
    End If
    key = "[" & (last - first + 1) & ";"
    For row = first To last
        For column = LBound(rows, 2) To UBound(rows, 2)
            key = key & CellKey(rows(row, column))
        Next column
    Next row
    RowsKey = key & "]"
End Function

Private Function CellKey(ByRef value As Variant) As String
    Select Case VarType(value)
        Case vbString
            CellKey = TextKey(value)
        Case vbEmpty
            CellKey = "e;"
        Case vbBoolean
            If value Then CellKey = "yes;" Else CellKey = "no;"
        Case vbError
            CellKey = "!" & CStr(value) & ";"
        Case Else
            CellKey = NumberKey(CDbl(value))
    End Select
End Function

Private Function NumberKey(ByVal number As Double) As String
    ' All of the number: its fifteen digits, and what they leave of it.
    Dim digits As String
    digits = CStr(number)
    If number = Fix(number) And Abs(number) < 1000000000# Then
        NumberKey = "n" & digits & ";"
    Else
        NumberKey = "n" & digits & "+" & CStr(number - CDbl(digits)) & ";"
    End If
End Function

Private Function TextKey(ByVal text As String) As String
    ' A short text as it is, with its length, so that no two rows of texts look alike. A long one, such as the policy,
    ' by a number: it is looked up once and does not stand in thousands of keys.
    Dim slot As Long
    If Len(text) <= LONG_TEXT Then
        TextKey = "s" & Len(text) & ":" & text
        Exit Function
    End If
    For slot = 0 To 1
        If mLastTexts(slot) = text Then
            TextKey = mLastKeys(slot)
            Exit Function
        End If
    Next slot
    If Not mTexts.Exists(text) Then mTexts.Add text, mTexts.Count + 1
    TextKey = "t" & mTexts.Item(text) & ";"
    If Len(text) > 20 * LONG_TEXT Then
        mLastTexts(0) = mLastTexts(1): mLastKeys(0) = mLastKeys(1)
        mLastTexts(1) = text: mLastKeys(1) = TextKey
    End If
End Function

' --- A whole column at once --------------------------------------------------------------------------------------

Private Sub AskForColumn(ByVal functionName As String, ByRef given As Variant, ByRef values As Variant)
    ' Where one row of a table asks and then another, the answers for every row are fetched in one call and kept.
    ' Whatever goes wrong here changes no answer: each cell still asks for itself.
    Dim cell As Object, columns() As Variant, places As String, place As String, at As Long, varies As Boolean
    On Error GoTo Never
    Set cell = HalfdayTableCell()
    If cell Is Nothing Then Exit Sub
    places = functionName
    For at = 0 To UBound(values)
        place = HalfdayPlace(given(at), cell)
        If place <> "" Then varies = True
        places = places & "," & place
    Next at
    If Not varies Then Exit Sub
    If Not IsDue(places) Then Exit Sub
    ReDim columns(0 To UBound(values))
    For at = 0 To UBound(values)
        If HalfdayPlace(given(at), cell) <> "" Then columns(at) = HalfdayColumn(given(at), cell)
    Next at
    KeepRows functionName, values, columns, HalfdayAskRows(functionName, values, columns)
Never:
End Sub

Private Function IsDue(ByVal places As String) As Boolean
    ' The first miss of a column may be one changed cell, and asks alone. The second asks for all. If misses go on all
    ' the same, the rows differ in more than their columns: then after 2, 4, 8 … more, until a pause.
    Dim burst As Variant
    burst = Array(1, 1, Timer)
    If mBursts.Exists(places) Then
        burst = mBursts.Item(places)
        If Abs(Timer - burst(2)) > SAME_BURST_IN_SECONDS Then burst = Array(1, 1, Timer)
    End If
    IsDue = (burst(0) = 0)
    If IsDue Then
        Keep mBursts, places, Array(2 * burst(1) - 1, 2 * burst(1), Timer)
    Else
        Keep mBursts, places, Array(burst(0) - 1, burst(1), Timer)
    End If
End Function

Private Sub KeepRows(ByVal functionName As String, ByRef values As Variant, ByRef columns As Variant, _
                     ByVal answers As Variant)
    ' Each answer under the key of its row. One that was left open stays for the cell itself to ask.
    Dim row As Long, at As Long, key As String, parts() As String
    ReDim parts(0 To UBound(values))
    For at = 0 To UBound(values)
        If Not IsArray(columns(at)) Then parts(at) = ValueKey(values(at))
    Next at
    For row = LBound(answers) To UBound(answers)
        If Not IsNull(answers(row)) And Not IsEmpty(answers(row)) Then
            key = functionName
            For at = 0 To UBound(values)
                If IsArray(columns(at)) Then
                    key = key & RowsKey(columns(at), row - LBound(answers) + 1, row - LBound(answers) + 1)
                Else
                    key = key & parts(at)
                End If
            Next at
            Keep mAnswers, key, answers(row)
        End If
    Next row
End Sub

Public Function HalfdayAligned(ByRef rows As Variant, ByRef keys As Variant, ByRef wanted As Variant) As Variant
    ' Rows of one table in the order of another, matched by their keys. A key that is missing leaves an empty row.
    Dim found As Object, aligned() As Variant, row As Long, column As Long, from As Long
    Set found = HalfdayNewDictionary()
    For row = UBound(keys, 1) To 1 Step -1
        Keep found, CellKey(keys(row, 1)), row
    Next row
    ReDim aligned(1 To UBound(wanted, 1), 1 To UBound(rows, 2))
    For row = 1 To UBound(wanted, 1)
        If found.Exists(CellKey(wanted(row, 1))) Then
            from = found.Item(CellKey(wanted(row, 1)))
            For column = 1 To UBound(rows, 2)
                aligned(row, column) = rows(from, column)
            Next column
        End If
    Next row
    HalfdayAligned = aligned
End Function
