"""The tables [[solid]]: what lies in the electrolyte below the interface."""
