"""What goes into the fields of a form: by people's answers, by the marks, by what was done with the family."""
