"""The commands that agents write, in the order in which they are listed for them."""

COMMANDS: tuple[tuple[str, str], ...] = (
    ("#note [TEXT]", "what follows becomes an internal note and is not sent, up to a line #reply"),
    ("#reply", "what follows goes to the requester: after a note, and where you answer an internal message"),
    ("#only #all", "your answer goes to the requester alone, or to everybody who takes part"),
    ("#status STATUS", "new, open, pending, on_hold, solved or closed"),
    ("#solved #pending #open #hold #close", "the same, short"),
    ("#assign NAME|me|none", "give the ticket to an agent"),
    ("#group NAME", "hand the ticket over to another group"),
    ("#priority P", "low, normal, high or urgent"),
    ("#type T", "incident, complaint, question, request or problem"),
    ("#tag a b -c", "put tags on, take tags off"),
    ("#cc ADDRESS", "let somebody take part in the ticket"),
    ("#snooze 2d", "put the ticket aside: 30m, 4h, 2d, 1w, 2026-12-01 09:30; a mail of the customer wakes it; or none"),
    (
        "#problem N|new|none",
        "the ticket is an incident of problem N, answered and solved with it; new: it becomes one, for all like it",
    ),
    ("#major TEXT|off", "what is down: said in receipts until the problem is solved; #major pl: TEXT in one language"),
    ("#major-for all|ci|group|rule NAME", "which new tickets it is for: all, or those about its item, of its group, …"),
    ("#major-news 2h", "when there will be news: 30m, 2h, 2026-12-01 14:00"),
    ("#ci NAME|none", "what the ticket is about: a configuration item"),
    ("#merge N", "this ticket is closed and goes on under number N, with everybody who takes part"),
    ("#answer NAME", "put an answer of the knowledge folder before your text, in the requester's language"),
    ("#time 1h 30m", "how long you worked on it, for contracts that are counted in hours"),
    (
        "#accept [group]",
        "a ticket that was handed to your group is accepted for you, or (group) for your group; an answer does it too",
    ),
    ("#decline [REASON]", "it goes back to the group that it came from, with your reason as a note"),
    ("#send #drop", "an answer of yours that is held is sent as it was, or given up"),
    ("#help", "this list"),
)
