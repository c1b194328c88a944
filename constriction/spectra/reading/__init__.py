"""What an experimenter reads off spectra: screened, fitted, arcs named, R_SE, R_int and C_int."""
