"""One run of a school at a time. The one door to `filelock`."""
