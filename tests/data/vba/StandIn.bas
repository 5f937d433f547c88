Rem Stands in for Excel and for xlwings' own module: a table of pupils, the cell being worked out, the connection.
Option Explicit

Private mPython As Object
Private mConnects As Boolean
Private mConnected As Long
Private mTable As Variant
Private mRow As Long

Public Function Begin() As String
    Set mPython = New PythonStandIn
    mConnects = True
    mConnected = 0
    mRow = 0
    HalfdayForget
    HalfdayTryAgain
    Begin = "begun"
End Function

Public Function Choose(what As String, value As Variant) As String
    Select Case what
        Case "connects": mConnects = value
        Case "refuses": mPython.Refuses = value
        Case "no rows": mPython.NoRows = value
        Case "row": mRow = value
        Case "table": mTable = Rectangle(value)
        Case "clear": mPython.Log = ""
        Case "again": HalfdayTryAgain
    End Select
    Choose = what
End Function

Private Function Rectangle(rows As Variant) As Variant
    Dim cells() As Variant, row As Long, column As Long
    ReDim cells(1 To UBound(rows) + 1, 1 To UBound(rows(0)) + 1)
    For row = 0 To UBound(rows)
        For column = 0 To UBound(rows(row))
            cells(row + 1, column + 1) = rows(row)(column)
        Next column
    Next row
    Rectangle = cells
End Function

Public Function Asked() As String
    Asked = "connected " & mConnected & Chr(10) & mPython.Log
End Function

Public Function Cell(functionName As String, given As Variant) As Variant
    Dim answer As Variant, at As Long
    For at = LBound(given) To UBound(given)
        If IsArray(given(at)) Then given(at) = Rectangle(given(at))
    Next at
    answer = HalfdayAnswer(functionName, given)
    If IsError(answer) Then answer = CStr(answer)
    Cell = answer
End Function

Public Function Aligned(rows As Variant, keys As Variant, wanted As Variant) As Variant
    Dim found As Variant, row As Long, text As String
    found = HalfdayAligned(Rectangle(rows), Rectangle(keys), Rectangle(wanted))
    For row = 1 To UBound(found, 1)
        text = text & found(row, 1) & ";"
    Next row
    Aligned = text
End Function

Public Function XLPy() As Object
    mConnected = mConnected + 1
    If Not mConnects Then Err.Raise 53
    Set XLPy = mPython
End Function

Public Function HalfdayNewDictionary() As Object
    Set HalfdayNewDictionary = New DictionaryStandIn
End Function

Rem An argument "@2" is the cell of column 2 in the row of the cell that is being worked out.

Public Function HalfdayValue(given As Variant) As Variant
    If HalfdayPlace(given, Nothing) <> "" Then
        HalfdayValue = mTable(mRow, CInt(Mid(given, 2)))
    Else
        HalfdayValue = given
    End If
End Function

Public Function HalfdayTableCell() As Object
    Set HalfdayTableCell = Nothing
    If mRow > 0 Then Set HalfdayTableCell = mPython
End Function

Public Function HalfdayPlace(given As Variant, cell As Object) As String
    HalfdayPlace = ""
    If VarType(given) = 8 Then
        If Left(given, 1) = "@" Then HalfdayPlace = given
    End If
End Function

Public Function HalfdayColumn(given As Variant, cell As Object) As Variant
    Dim column() As Variant, row As Long
    ReDim column(1 To UBound(mTable, 1), 1 To 1)
    For row = 1 To UBound(mTable, 1)
        column(row, 1) = mTable(row, CInt(Mid(given, 2)))
    Next row
    HalfdayColumn = column
End Function
