"""From an instrument's file to spectra: text, tables, rows, sweeps."""
