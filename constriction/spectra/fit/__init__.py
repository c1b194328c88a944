"""Equivalent circuits fitted to spectra, with error bars that know the bounds."""
