"""Many cases: what they are (file), how they are spread over ranks (run), and what became of them (results)."""
