"""The flows: each gathers what the core must know, lets it decide, and carries the decision out.

Read `ingest` first: it is the way of one mail from the spool to its ticket.
"""
