"""Several hosts over one PostgreSQL: which are there, who reads which mailbox, and what they let each other know."""
