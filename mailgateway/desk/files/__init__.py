"""Which files of a mail are kept, and what is said of the others."""
