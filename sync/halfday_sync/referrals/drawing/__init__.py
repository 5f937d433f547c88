"""A pack as files: the workbook and the paper, drawn from the same content in the same colours."""
