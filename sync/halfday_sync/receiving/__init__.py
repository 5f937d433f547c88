"""What a pull says, held against what is known: what is new, what cannot be right, what a person has to say."""
