"""A simulated cell laid over measured ones."""
