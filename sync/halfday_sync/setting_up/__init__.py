"""`halfday init`: from nothing to a school that runs, question by question; safe to run again."""
