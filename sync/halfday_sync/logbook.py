"""The log file of a school: ids and counts, never a name."""
