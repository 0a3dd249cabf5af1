"""The service desk: what is known about a mail or an order comes in, a plan goes out. No clock, no I/O, no chance.

A mail's way through here: `threads` finds its ticket and asks who wrote it, and `decide` gives it to one of three:
`agents` reads an agent's orders and carries them out, `follow_up` adds to a ticket, `opening` asks `routing` and opens
one. `lifecycle` moves the status; `letters` says who is told, and makes mails of that. What comes out is a `plan`.
"""
