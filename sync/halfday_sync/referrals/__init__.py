"""What goes to others about one child: profiles, content, files, and the proof that nobody else is in them."""
