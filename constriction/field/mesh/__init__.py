"""From a mirror cell to a tagged second-order mesh with collars at the rims, and to files of it."""
