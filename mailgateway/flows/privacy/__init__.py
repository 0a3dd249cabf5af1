"""A person asks what is kept about them, or that it goes."""
