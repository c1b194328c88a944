"""A case becomes a result: simulate, read it, check it by another method, write it."""
