"""Updates a tracker that people work in: reads it, plans the difference, splices it in, proves it."""
