"""Materials as files that can be cited: each value with its source, or why it is assumed."""
