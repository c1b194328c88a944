"""What several commands do alike: options, errors and exit codes, folders."""
