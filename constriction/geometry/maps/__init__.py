"""Maps of the contacts, pictures or tables of values, as outlines."""
