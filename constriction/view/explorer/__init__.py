"""The page in which anyone moves an interface, sees its spectrum, and fits a measured one."""
