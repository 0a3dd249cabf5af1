"""`mailgateway tickets`: look at tickets and work on them without a mail client."""

from mailgateway.cli.apps import group
from mailgateway.cli.commands.tickets.changing import merge, set_
from mailgateway.cli.commands.tickets.handing import accept, decline
from mailgateway.cli.commands.tickets.listing import list_
from mailgateway.cli.commands.tickets.major import major
from mailgateway.cli.commands.tickets.showing import show
from mailgateway.cli.commands.tickets.writing import note, reply

app = group("Look at tickets, answer them, change them.")
app.command("list")(list_)
app.command()(show)
app.command()(reply)
app.command()(note)
app.command("set")(set_)
app.command()(accept)
app.command()(decline)
app.command()(major)
app.command()(merge)
