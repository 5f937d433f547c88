-- Version 7. The packs that were made for others: for whom, and what each of them said.

CREATE TABLE referral (            -- every pack that was begun; the key of a row is R and its id
  id INTEGER PRIMARY KEY,
  pupil_id TEXT NOT NULL,          -- under the id that the pupil had then; empty: a summary that is about nobody
  profile TEXT NOT NULL,
  reason TEXT NOT NULL,            -- why the child is referred: an id of the profile; empty: none
  made_on TEXT NOT NULL,           -- the day on the pack
  draft INTEGER NOT NULL,          -- 1: something was missing, and the pack says what
  folder TEXT NOT NULL,            -- beside the tracker, parts divided by /
  files TEXT NOT NULL,             -- JSON: [name, SHA-256] of each file, in the order of the names
  checker TEXT NOT NULL,           -- the version of the checker that found nobody else in it
  content BLOB NOT NULL,           -- all that it says, as compressed JSON: the same files can be made of it again
  seen_at TEXT NOT NULL,
  placed_at TEXT                   -- since when it is known that the folder was put in place whole; none: that is not known
);
