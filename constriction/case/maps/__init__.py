"""Maps that a case names: their files, and the kinds of values that say how they are read."""
