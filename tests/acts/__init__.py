"""The acts, on both databases."""
