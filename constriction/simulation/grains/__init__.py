"""Cases with grains: their laws, and how they are solved."""
