"""The Office.js add-in: a folder of static files that gives Excel 365 the cell functions and the pane.

`folder` builds it. Nothing is imported here: the morning run asks for the add-in's id and no more.
"""
