"""The running daemon: threads under one supervisor, signals, the service manager, periodic work.

It decides nothing about mails; each thread calls a flow again and again, and backs off when the world is not there.
"""
