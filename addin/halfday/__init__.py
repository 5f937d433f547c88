"""The engine of Halfday: what a cell may know. Standard library only; no files of a school, no network, no clock."""
