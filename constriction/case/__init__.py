"""What is described: the case file, its quantities, contacts and electrolyte, as plain data."""
