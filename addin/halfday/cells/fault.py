"""What is wrong with the text of a cell."""


class CellTextError(ValueError):
    """A cell text that cannot be read; the message says where and what to write."""
