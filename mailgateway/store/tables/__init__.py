"""What the database holds: one table a kind of thing, in the file of its kin."""
