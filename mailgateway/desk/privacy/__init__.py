"""A person's data: what stands in its place when it is gone."""
