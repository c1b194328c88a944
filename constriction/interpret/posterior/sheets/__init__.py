"""Posteriors that lie on thin, bent sheets, where more is unknown than a spectrum tells."""
