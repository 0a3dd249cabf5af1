"""A person's data in the store: where it is, and how it goes."""
