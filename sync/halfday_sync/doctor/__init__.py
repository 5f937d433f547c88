"""`halfday doctor`: what an IT technician wants to know about a computer and a school. It changes nothing."""
