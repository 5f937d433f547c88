"""How a sync of the Google copy came out, in the words that the store keeps (`MirrorTry.outcome`)."""

WRITTEN, SAME, UNSAFE, STOPPED, UNREACHED, UNSURE, LEFT = (
    "written", "same", "unsafe", "stopped", "unreached", "unsure", "left",
)  # fmt: skip
"""Written; nothing differed; stopped for safety, such as by who has access; a setting, the key or the file is wrong;
Google was out of reach; sent, and whether it arrived is not known; looked at only, as the tracker was not written."""

WENT_WELL = (WRITTEN, SAME)
SHOWN = {
    WRITTEN: "brought up to date",
    SAME: "nothing was to be changed",
    UNSAFE: "stopped for safety",
    STOPPED: "could not be written",
    UNREACHED: "Google was out of reach, or busy",
    UNSURE: "sent, and no answer came",
    LEFT: "looked at only, as the tracker was not written",
}
"""The same for people."""
