"""The service desk: what is known about a mail or an order comes in, a plan goes out. No clock, no I/O, no chance.

A mail's way through here: `thread` finds its ticket, `trust` asks who wrote it, `orders` reads an agent's commands,
`route` asks the rules, `lifecycle` moves the status, `notices` says who is told, and `decide` is where they meet.
"""
