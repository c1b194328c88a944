"""A few real solutions stand for the whole spectrum: the reduced model and its error."""
