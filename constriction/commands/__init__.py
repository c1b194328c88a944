"""What the commands do, one file each; cli.py only parses for them."""
