"""Interfaces from R_SE, R_int and C_int alone, read off a simulated spectrum as they were off the measured one."""
