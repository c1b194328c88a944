"""From single records to tables, and to what pictures of a study show."""
