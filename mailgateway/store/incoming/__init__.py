"""Mail that came in: the spool, what was set aside of it, and what may be tried on rules again."""
