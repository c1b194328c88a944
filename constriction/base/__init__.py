"""What every room uses: errors, quantities with units, files and folders that are whole, ranks, versions."""
