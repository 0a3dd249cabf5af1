"""The edge to a virus scanner."""
