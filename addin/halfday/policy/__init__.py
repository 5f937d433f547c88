"""A school's own choice as data: read it, check it, apply it to one pupil, and say why."""
