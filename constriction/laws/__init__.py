"""How current passes: equivalent circuits and their impedance, the electrolyte's resistivity. Plain numbers only."""
