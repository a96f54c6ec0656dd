"""The ways out, over the wire."""
