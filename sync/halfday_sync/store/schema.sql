-- Version 1. One file per school. Times are UTC, ISO 8601 with microseconds, so that they sort as text; dates are ISO.
-- A pupil's column (`col`) is their byte in every blob of marks. It is given once, in order of arrival, and never again.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE code (
  id INTEGER PRIMARY KEY,
  hex TEXT NOT NULL UNIQUE,        -- the id as a byte is written by hex(): how the readable views find it
  code TEXT NOT NULL,
  class TEXT NOT NULL,
  meaning TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL
);

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,
  finished TEXT,                   -- empty: it was stopped from outside
  as_of TEXT,
  exit_code INTEGER,
  counts TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE snapshot (
  id INTEGER PRIMARY KEY,
  recorded_at TEXT NOT NULL,
  source TEXT NOT NULL,
  run INTEGER REFERENCES run (id),
  as_of TEXT,                      -- when the source says its data is from
  complete INTEGER NOT NULL,
  pupils INTEGER NOT NULL,
  sessions INTEGER NOT NULL,
  marks INTEGER NOT NULL,
  added INTEGER NOT NULL DEFAULT 0,
  amended INTEGER NOT NULL DEFAULT 0,
  digest TEXT NOT NULL
);

CREATE TABLE pupil (
  col INTEGER PRIMARY KEY,
  pupil_id TEXT NOT NULL UNIQUE,
  upn TEXT NOT NULL, surname TEXT NOT NULL, forename TEXT NOT NULL, dob TEXT, sex TEXT NOT NULL,
  year_group TEXT NOT NULL, class_name TEXT NOT NULL, house TEXT NOT NULL, family_id TEXT NOT NULL,
  start_date TEXT, end_date TEXT, pupil_premium INTEGER, fsm INTEGER, sen TEXT NOT NULL, lac INTEGER, cp INTEGER,
  eal INTEGER, young_carer INTEGER,
  first_seen TEXT NOT NULL,
  since TEXT NOT NULL,             -- when this row was first believed
  unlisted TEXT                    -- since when a complete snapshot no longer names the pupil
);

CREATE TABLE pupil_history (       -- what the row above said before, and from when until when it was believed
  id INTEGER PRIMARY KEY,
  col INTEGER NOT NULL REFERENCES pupil (col),
  pupil_id TEXT NOT NULL,
  upn TEXT NOT NULL, surname TEXT NOT NULL, forename TEXT NOT NULL, dob TEXT, sex TEXT NOT NULL,
  year_group TEXT NOT NULL, class_name TEXT NOT NULL, house TEXT NOT NULL, family_id TEXT NOT NULL,
  start_date TEXT, end_date TEXT, pupil_premium INTEGER, fsm INTEGER, sen TEXT NOT NULL, lac INTEGER, cp INTEGER,
  eal INTEGER, young_carer INTEGER,
  since TEXT NOT NULL,
  unlisted TEXT,
  until TEXT NOT NULL
);
CREATE INDEX pupil_history_col ON pupil_history (col);

CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  date TEXT NOT NULL,
  session TEXT NOT NULL CHECK (session IN ('AM', 'PM')),
  current BLOB NOT NULL,           -- first_marks with every amendment applied: kept so that reading needs no replay
  UNIQUE (date, session)
);

CREATE TABLE first_marks (         -- what was first acknowledged; never changed afterwards
  session INTEGER NOT NULL REFERENCES session (id),
  from_col INTEGER NOT NULL,       -- 0, or the first column of pupils who arrived later together with these marks
  recorded_at TEXT NOT NULL,
  snapshot INTEGER NOT NULL REFERENCES snapshot (id),
  codes BLOB NOT NULL,             -- one byte per pupil column from `from_col`: code.id, 0 for no mark
  PRIMARY KEY (session, from_col)
) WITHOUT ROWID;

CREATE TABLE amendment (           -- every change after that, in order; never changed afterwards
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session (id),
  col INTEGER NOT NULL REFERENCES pupil (col),
  recorded_at TEXT NOT NULL,
  old INTEGER NOT NULL,            -- 0: the mark arrived late
  new INTEGER NOT NULL,
  snapshot INTEGER NOT NULL REFERENCES snapshot (id)
);
CREATE INDEX amendment_time ON amendment (recorded_at);
CREATE INDEX amendment_mark ON amendment (session, col);

CREATE TABLE extra (               -- minutes late and comments; the last row of a mark counts, an empty one takes it back
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session (id),
  col INTEGER NOT NULL REFERENCES pupil (col),
  minutes_late INTEGER,
  comment TEXT NOT NULL,
  marked_at TEXT,                  -- when the source says the mark was made
  recorded_at TEXT NOT NULL
);
CREATE INDEX extra_session ON extra (session);

CREATE TABLE calendar_day (        -- the last row of a date counts
  id INTEGER PRIMARY KEY,
  date TEXT NOT NULL,
  kind TEXT NOT NULL,
  recorded_at TEXT NOT NULL
);

CREATE TABLE outcome (             -- per settled day, as last worked out for that day
  as_of TEXT NOT NULL,
  col INTEGER NOT NULL REFERENCES pupil (col),
  attended INTEGER NOT NULL,
  possible INTEGER NOT NULL,
  band TEXT,
  stage INTEGER NOT NULL,
  stage_since TEXT,
  policy TEXT NOT NULL,            -- fingerprint of the policy it was decided under
  PRIMARY KEY (as_of, col)
) WITHOUT ROWID;

CREATE TABLE announcement (        -- what was put in front of people, and on which day first
  kind TEXT NOT NULL,
  pupil_id TEXT NOT NULL,
  key TEXT NOT NULL,
  announced_on TEXT NOT NULL,
  PRIMARY KEY (kind, pupil_id, key)
) WITHOUT ROWID;

CREATE TABLE decision (            -- holds, overrides and reviews that a person recorded; never changed afterwards
  id INTEGER PRIMARY KEY,
  pupil_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('hold', 'override', 'review')),
  stage INTEGER NOT NULL,
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  from_date TEXT NOT NULL,
  until_date TEXT NOT NULL,
  recorded_at TEXT NOT NULL
);
