"""Many cases: what they are (plan), how they are spread over ranks (runner), and where they end (store)."""
