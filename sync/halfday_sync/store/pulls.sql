-- Version 4. What a pull asked for, what it could not take, and what a person said about it.

ALTER TABLE pupil ADD COLUMN enrolment TEXT NOT NULL DEFAULT '';
ALTER TABLE pupil_history ADD COLUMN enrolment TEXT NOT NULL DEFAULT '';

ALTER TABLE snapshot ADD COLUMN since TEXT;   -- the marks are those that changed since then; none: every mark there was
ALTER TABLE snapshot ADD COLUMN began TEXT;   -- when the clock said it began, where that was before the last one

CREATE TABLE set_aside (           -- marks that were not taken, since the source contradicts itself about them
  id INTEGER PRIMARY KEY,
  pupil_id TEXT NOT NULL,
  date TEXT NOT NULL,
  session TEXT NOT NULL,
  words TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  closed TEXT                      -- since when the source says one thing again
);
CREATE INDEX set_aside_open ON set_aside (id) WHERE closed IS NULL;

CREATE TABLE accepted (            -- what a person said is right though it looked wrong; never changed but for `used`
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,               -- the doubt, as the refusal names it
  who TEXT NOT NULL,
  at TEXT NOT NULL,
  used TEXT                        -- when a snapshot was taken in by it: it counts for one
);

CREATE TABLE asked (               -- what a refused pull asked a person
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  words TEXT NOT NULL,             -- counts and ids, no names
  source TEXT NOT NULL,            -- the kind of source
  command TEXT NOT NULL,           -- the command that asked
  at TEXT NOT NULL,
  closed TEXT                      -- since when a later pull of this source was taken in, or asks otherwise
);
CREATE INDEX asked_open ON asked (id) WHERE closed IS NULL;

CREATE TABLE kept_flag (           -- what was yes of a pupil, and is not told any more: it counts until somebody says no
  id INTEGER PRIMARY KEY,
  pupil_id TEXT NOT NULL,
  field TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  closed TEXT                      -- since when the source tells it again, or a person cleared it
);
CREATE INDEX kept_flag_open ON kept_flag (id) WHERE closed IS NULL;

CREATE TABLE not_shared (          -- fields of pupils that nobody has in the source any more; what was known counts on
  id INTEGER PRIMARY KEY,
  field TEXT NOT NULL,
  pupils INTEGER NOT NULL,         -- for how many pupils something is known
  seen_at TEXT NOT NULL,
  closed TEXT                      -- since when the source shares it again
);
CREATE INDEX not_shared_open ON not_shared (id) WHERE closed IS NULL;
