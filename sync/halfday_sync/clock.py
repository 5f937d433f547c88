"""The loop of `halfday watch`. The one door to `schedule`."""
