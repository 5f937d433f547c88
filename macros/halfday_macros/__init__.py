"""What the tracker's buttons do. No arithmetic: a button asks the engine or the agent, and tells what came of it."""


def run(name: str) -> None:
    """Presses a button by its name, from Excel on this computer (`RunPython "import halfday_macros; …"`)."""
    from halfday_macros import desktop  # noqa: PLC0415 - the only door to xlwings, which other hosts do not have

    desktop.press(name)
