"""Which ticket a mail belongs to, and who its writer is to it."""
