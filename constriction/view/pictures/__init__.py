"""Pictures of a case in three dimensions."""
