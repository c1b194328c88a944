"""What is measured and how it is read; numpy and scipy only."""
