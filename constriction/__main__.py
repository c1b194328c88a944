"""Lets `python -m constriction` do what the command `constriction` does."""

import sys

from constriction.cli import main

if __name__ == "__main__":
    sys.exit(main())
