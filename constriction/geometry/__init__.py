"""What the description means in space: exact outlines, the mirror cell and its spots. No mesh library."""
