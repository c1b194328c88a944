"""How far an interpretation is, and what of it is kept if it is killed."""
