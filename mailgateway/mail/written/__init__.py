"""What the writer themselves wrote: the history, the signature and the client's own words off."""
