"""The unit, held against systemd itself."""
