"""Which reports and digests go to whom, and when."""
