"""From measured spectra back to the interface: what they say of contact fraction, pitch and gap, and what not."""
