"""From a measured spectrum back to the interface: an atlas of solved interfaces, and what it says of a measurement."""
