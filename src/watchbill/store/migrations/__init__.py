"""Alembic migrations; ``schema.upgrade`` runs them over a connection of ours."""
