"""What the readiness gate looks at: the marks, the papers, the people. A check says what is missing, and where."""
