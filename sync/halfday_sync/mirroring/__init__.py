"""The Google copy for SLT: from the tracker's picture of a morning to pages, and from SLT's answers to the store."""
