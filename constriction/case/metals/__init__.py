"""The metals over an electrolyte: the foil, and conductivities of metals that are resolved."""
