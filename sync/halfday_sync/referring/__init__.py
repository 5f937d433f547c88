"""Making a pack for a school: the child's case gathered, the files made and proven, put in place, and logged."""
