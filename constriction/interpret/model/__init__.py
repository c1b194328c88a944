"""What is unknown of a measured cell, what is known of it beforehand, and the spectrum that follows."""
