"""The patterns of [interface], each a model with exactly its keys."""
