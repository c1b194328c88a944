"""The plan of a cell: rims of straight pieces, what can be meshed, and what collars leave to be filled."""
