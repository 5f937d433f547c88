"""What puts the cell functions into the spreadsheet programs: Excel on Windows, Excel 365 and LibreOffice."""
