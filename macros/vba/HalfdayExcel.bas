Attribute VB_Name = "HalfdayExcel"
Option Explicit
Option Private Module
' What Excel is asked: the values of ranges, and the table that a cell stands in. Nothing else here knows a range.

Private Const KEY_TITLE As String = "Pupil ID"
Private Const MANY_CELLS As Long = 50000
Private Const NOT_YET As Long = -2147220990

Public Function HalfdayNewDictionary() As Object
    ' Case counts in its keys, as it does in texts.
    Set HalfdayNewDictionary = CreateObject("Scripting.Dictionary")
End Function

Public Function HalfdayValue(ByRef given As Variant) As Variant
    ' An argument as a plain value: the values of a range, or the argument as it is.
    If Not IsObject(given) Then
        HalfdayValue = given
    ElseIf given.Cells.CountLarge > MANY_CELLS Then
        ' Whole columns were given: what is used of them.
        HalfdayValue = Application.Intersect(given, given.Worksheet.UsedRange).Value2
    Else
        HalfdayValue = given.Value2
        ' An empty cell with a formula is one that Excel has not worked out yet. It will ask again: no call until then.
        If IsEmpty(HalfdayValue) Then
            If given.HasFormula Then Err.Raise NOT_YET, "Halfday", "A cell that is read has no value yet."
        End If
    End If
End Function

Public Function HalfdayTableCell() As Object
    ' The cell that is being worked out, if it stands in a table with several rows; otherwise Nothing.
    Dim cell As Object
    Set HalfdayTableCell = Nothing
    If TypeName(Application.Caller) <> "Range" Then Exit Function
    Set cell = Application.Caller
    If cell.ListObject Is Nothing Then Exit Function
    If cell.ListObject.ListRows.Count > 1 Then Set HalfdayTableCell = cell
End Function

Public Function HalfdayPlace(ByRef given As Variant, ByVal cell As Object) As String
    ' Where an argument comes from, if it differs from row to row of the cell's table; otherwise nothing.
    HalfdayPlace = ""
    If Not IsObject(given) Then Exit Function
    If given.ListObject Is Nothing Then Exit Function
    If given.Rows.Count > 1 Then Exit Function
    If given.ListObject.Name = cell.ListObject.Name Then
        If given.Row <> cell.Row Then Exit Function
    ElseIf Not (HasKey(given.ListObject) And HasKey(cell.ListObject)) Then
        Exit Function
    End If
    HalfdayPlace = given.ListObject.Name & "!" & given.Column & "+" & given.Columns.Count
End Function

Public Function HalfdayColumn(ByRef given As Variant, ByVal cell As Object) As Variant
    ' The values of an argument for every row of the cell's table, as rows of cells.
    Dim found As Variant, table As Object
    Set table = given.ListObject
    found = Application.Intersect(table.DataBodyRange, given.EntireColumn).Value2
    If table.Name <> cell.ListObject.Name Then
        found = HalfdayAligned(found, Keys(table), Keys(cell.ListObject))
    End If
    HalfdayColumn = found
End Function

Private Function Keys(ByVal table As Object) As Variant
    Keys = table.ListColumns(KEY_TITLE).DataBodyRange.Value2
End Function

Private Function HasKey(ByVal table As Object) As Boolean
    Dim column As Object
    HasKey = False
    For Each column In table.ListColumns
        If column.Name = KEY_TITLE Then HasKey = True
    Next column
End Function
