"""Reports: pure. What was counted becomes figures and tables, beside those of the period before."""
