"""A child's list of questions: what is asked, the page that people fill in, and how their answers are read."""
