-- Version 6. The Google copy: what both sides held last, what was sent there, and how each sync went.

CREATE TABLE mirror_base (         -- the answers that stood in the copy and in the tracker alike; none: empty, or never seen
  pupil_id TEXT NOT NULL,
  name TEXT NOT NULL,              -- the column
  type TEXT NOT NULL CHECK (type IN ('text', 'number', 'bool', 'date')),
  value,                           -- as in `entry`
  seen_at TEXT NOT NULL,
  PRIMARY KEY (pupil_id, name)
) WITHOUT ROWID;

CREATE TABLE mirror_sent (         -- what the newest syncs wrote: cells that people changed are told by comparing
  id INTEGER PRIMARY KEY,
  stamp TEXT NOT NULL UNIQUE,      -- also in the copy itself
  at TEXT NOT NULL,
  acknowledged TEXT,               -- since when it is known to have arrived; none: that is not known
  answers TEXT NOT NULL,           -- JSON: the answers that went with it: [pupil_id, column, type, value]
  data BLOB NOT NULL               -- compressed by whoever keeps it
);

CREATE TABLE mirror_try (          -- how the newest syncs went; numbers and words without names
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  outcome TEXT NOT NULL,           -- a short word
  words TEXT NOT NULL,
  calls INTEGER NOT NULL,
  bytes_sent INTEGER NOT NULL,
  bytes_received INTEGER NOT NULL,
  seconds REAL NOT NULL
);
