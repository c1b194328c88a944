"""What a study file says: axes, derived keys, pictures."""
