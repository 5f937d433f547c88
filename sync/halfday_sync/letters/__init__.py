"""Letters as Word files: templates, the fields they hold, filling them in, PDF, and a table for mail merge."""
