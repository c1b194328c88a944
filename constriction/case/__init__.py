"""What is described: the case file and the kinds of its values, as plain data."""
