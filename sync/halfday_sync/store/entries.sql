-- Version 3. What people typed into the tracker, and the workbooks as Halfday wrote them.

CREATE TABLE entry (               -- only ever added to; the last row of (place, key, name) counts
  id INTEGER PRIMARY KEY,
  place TEXT NOT NULL,             -- the table of the workbook, or the page
  key TEXT NOT NULL,               -- the row: a pupil's id, `pupil|what|date`, or C7 for a row that people began
  name TEXT NOT NULL,              -- the column
  pupil_id TEXT NOT NULL,          -- whom it is about; empty where the row does not say
  -- cleared: a person emptied the cell. withdrawn: a person deleted the row. moved: it counts for another ID now.
  type TEXT NOT NULL CHECK (type IN ('text', 'number', 'bool', 'date', 'cleared', 'withdrawn', 'moved')),
  value,                           -- without an affinity, so that the text 007 stays a text; dates are ISO
  said_by TEXT NOT NULL,           -- who saved the workbook, and when, as far as the file tells
  said_at TEXT,
  seen_at TEXT NOT NULL,           -- when the run read it
  run INTEGER REFERENCES run (id)
);
CREATE INDEX entry_cell ON entry (place, key, name);

CREATE TABLE edit (                -- cells of Halfday's that people changed
  id INTEGER PRIMARY KEY,
  place TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
  type TEXT NOT NULL,
  value,
  said_by TEXT NOT NULL,           -- as in `entry`
  said_at TEXT,
  seen_at TEXT NOT NULL,
  closed TEXT                      -- since when it no longer stands
);
CREATE INDEX edit_open ON edit (id) WHERE closed IS NULL;

CREATE TABLE sent (                -- the newest workbooks as Halfday wrote them: what people typed is told by comparing
  id INTEGER PRIMARY KEY,
  stamp TEXT NOT NULL UNIQUE,      -- also in the workbook itself, under a name
  at TEXT NOT NULL,
  data BLOB NOT NULL               -- the file as it is: it is compressed already
);

CREATE TABLE move (                -- pupils who have another id now; never changed afterwards
  id INTEGER PRIMARY KEY,
  old TEXT NOT NULL,
  new TEXT NOT NULL,
  seen_at TEXT NOT NULL
);

ALTER TABLE decision ADD COLUMN row_key TEXT;  -- the row of the workbook it comes from; none: recorded otherwise
ALTER TABLE decision ADD COLUMN closed TEXT;   -- since when it no longer counts, as somebody changed or took away the row
CREATE INDEX decision_open ON decision (id) WHERE closed IS NULL;

CREATE VIEW entries_readable AS
SELECT
  e.place, e.key, e.pupil_id, e.name AS "column",
  CASE e.type
    WHEN 'bool' THEN iif(e.value, 'Yes', 'No')
    WHEN 'cleared' THEN '(cleared)'
    WHEN 'withdrawn' THEN '(row deleted)'
    WHEN 'moved' THEN '(moved to the ID ' || e.value || ')'
    ELSE e.value
  END AS value,
  e.said_by, e.said_at, e.seen_at
FROM entry e
ORDER BY e.id;
