"""The tracker workbook: built whole, checked, and put in place in one step."""
