-- Version 5. Whom to ring and write to, and the letters.

CREATE TABLE carer (               -- parents and carers as the source told them last; whoever is not told any more is gone
  pupil_id TEXT NOT NULL,
  place INTEGER NOT NULL,          -- the order in which they are rung, from 1
  name TEXT NOT NULL,
  relationship TEXT NOT NULL,
  phones TEXT NOT NULL,            -- JSON list
  letters INTEGER NOT NULL,        -- whether letters go to them
  PRIMARY KEY (pupil_id, place)
) WITHOUT ROWID;

CREATE TABLE letter (              -- every letter that was ever proposed
  key TEXT PRIMARY KEY,            -- its row on Letters, under the id that the pupil had then
  letter TEXT NOT NULL,            -- its id in the policy
  proposed TEXT NOT NULL,          -- the day of the page
  seen_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE letter_event (        -- what became of a letter; only ever added to, in order
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL REFERENCES letter (key),
  kind TEXT NOT NULL CHECK (kind IN (
    'asked', 'approved', 'recalled', 'making', 'made', 'away', 'sent', 'unsent', 'withdrawn', 'changed'
  )),
  day TEXT NOT NULL,               -- the day of the page
  by TEXT NOT NULL,                -- who, as far as is known; empty: Halfday
  words TEXT NOT NULL,             -- why
  data TEXT NOT NULL,              -- JSON: asked: the children; approved: all that is frozen; making, made: the files
  seen_at TEXT NOT NULL,
  run INTEGER REFERENCES run (id)
);
CREATE INDEX letter_event_key ON letter_event (key);

-- Decisions of one kind more: `adapted`, which changes no stage but which letters fit the family.
CREATE TABLE decision_of_five (
  id INTEGER PRIMARY KEY,
  pupil_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('hold', 'override', 'review', 'adapted')),
  stage INTEGER NOT NULL,
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  from_date TEXT NOT NULL,
  until_date TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  row_key TEXT,                    -- the row of the workbook it comes from; none: recorded otherwise
  closed TEXT                      -- since when it no longer counts, as somebody changed or took away the row
);
INSERT INTO decision_of_five (
  id, pupil_id, kind, stage, reason, who, from_date, until_date, recorded_at, row_key, closed
)
SELECT id, pupil_id, kind, stage, reason, who, from_date, until_date, recorded_at, row_key, closed FROM decision;
DROP TABLE decision;
ALTER TABLE decision_of_five RENAME TO decision;
CREATE INDEX decision_open ON decision (id) WHERE closed IS NULL;
