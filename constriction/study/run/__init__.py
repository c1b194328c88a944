"""The plan of a study, its folder, and the ranks that work on it."""
