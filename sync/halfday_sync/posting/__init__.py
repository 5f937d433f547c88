"""What becomes of letters from run to run: proposed, approved with frozen figures, made, sent, withdrawn."""
