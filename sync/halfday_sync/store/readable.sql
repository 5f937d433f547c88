-- Version 2. The marks as a person reads them: one row each, in any SQLite browser. Nothing here holds data.

CREATE VIEW marks_readable AS
SELECT
  p.pupil_id, p.surname, p.forename, s.date, s.session, c.code, c.meaning,
  coalesce(
    (SELECT max(a.recorded_at) FROM amendment a WHERE a.session = s.id AND a.col = p.col),
    (SELECT f.recorded_at FROM first_marks f
      WHERE f.session = s.id AND f.from_col <= p.col ORDER BY f.from_col DESC LIMIT 1)
  ) AS recorded_at
FROM session s
CROSS JOIN pupil p
JOIN code c ON c.hex = hex(substr(s.current, p.col + 1, 1))
ORDER BY s.date, s.session, p.col;

CREATE VIEW amendments_readable AS
SELECT
  p.pupil_id, p.surname, p.forename, s.date, s.session,
  coalesce(o.code, '') AS code_before, n.code AS code_after, a.recorded_at, t.source
FROM amendment a
JOIN session s ON s.id = a.session
JOIN pupil p ON p.col = a.col
LEFT JOIN code o ON o.id = a.old
JOIN code n ON n.id = a.new
JOIN snapshot t ON t.id = a.snapshot
ORDER BY a.id;
