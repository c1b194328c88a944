"""How current passes: equivalent circuits, laws of the interface, the electrolyte's resistivity. Plain numbers only."""
