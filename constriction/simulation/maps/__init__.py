"""What a result says of the map that it is of."""
