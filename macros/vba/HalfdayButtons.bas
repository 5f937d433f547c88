Attribute VB_Name = "HalfdayButtons"
Option Explicit
' The buttons. Each asks Python to do it; nothing is worked out here.

Public Sub RefreshNow()
    Press "refresh"
End Sub

Public Sub RecordContact()
    Press "record_contact"
End Sub

Public Sub AdoptPolicy()
    Press "adopt_policy"
End Sub

Public Sub PrepareLetters()
    Press "prepare_letters"
End Sub

Public Sub PrepareReferral()
    Press "prepare_referral"
End Sub

Public Sub ShowHelp()
    Press "show_help"
End Sub

Private Sub Press(ByVal action As String)
    On Error GoTo NotThere
    HalfdayTryAgain
    HalfdayPython
    RunPython "import halfday_macros; halfday_macros.run('" & action & "')"
    Exit Sub
NotThere:
    MsgBox "Halfday is not running on this computer, so this button has done nothing. Log off and on again. " & _
           "If it is still so, ask your IT support to run: halfday addin desktop logon", vbInformation, "Halfday"
End Sub
