"""What a spectrum leaves possible, as pictures and tables: corner plots, bands of prediction, rows of a terminal."""
