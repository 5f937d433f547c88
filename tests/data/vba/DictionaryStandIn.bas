Rem Stands in for Scripting.Dictionary, which exists on Windows only: keys in which case counts, in a plain list.
Option ClassModule
Option Compatible
Option Explicit

Private mKeys() As String
Private mValues() As Variant
Public Count As Long

Private Function PlaceOf(key As String) As Long
    Dim at As Long
    PlaceOf = 0
    For at = 1 To Count
        If StrComp(mKeys(at), key, 0) = 0 Then PlaceOf = at
    Next at
End Function

Public Function Exists(key As String) As Boolean
    Exists = PlaceOf(key) > 0
End Function

Public Function Item(key As String) As Variant
    Item = mValues(PlaceOf(key))
End Function

Public Sub Add(key As String, value As Variant)
    Count = Count + 1
    ReDim Preserve mKeys(Count)
    ReDim Preserve mValues(Count)
    mKeys(Count) = key
    mValues(Count) = value
End Sub

Public Sub Remove(key As String)
    Dim at As Long
    For at = PlaceOf(key) To Count - 1
        mKeys(at) = mKeys(at + 1)
        mValues(at) = mValues(at + 1)
    Next at
    Count = Count - 1
End Sub
