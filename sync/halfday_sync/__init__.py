"""The agent of Halfday: everything with a file, a network or a clock."""
