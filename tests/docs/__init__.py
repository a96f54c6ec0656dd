"""Paper that cannot drift: what the README and the configuration say is held against the program."""
