"""Starting `halfday watch` by itself: a Windows scheduled task, a systemd user unit, a launchd agent."""
