"""The commands, one file each: what they are told, check, do and print."""
