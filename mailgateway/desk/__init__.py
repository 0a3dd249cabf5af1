"""The service desk: what is known about a mail or an order comes in, a plan goes out. No clock, no I/O, no chance.

A mail's way through here: `thread` finds its ticket, `trust` asks who wrote it, and `decide` gives it to one of three:
`act` carries out an agent's `orders`, `follow_up` adds to a ticket, `opening` asks `route` and opens one. `lifecycle`
moves the status, `notices` says who is told, and `letter` makes mails of that.
"""
