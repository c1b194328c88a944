"""Charts and spectra drawn by matplotlib, as files and as SVG."""
