Option Explicit

Private Sub Workbook_Open()
    HalfdayDescribe
End Sub
