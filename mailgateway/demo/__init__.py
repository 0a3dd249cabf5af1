"""The demonstration: an IMAP and an SMTP server in this process, the real gateway beside it, and a story.

Nothing here is used by the gateway itself; it needs the packages of the extra `demo`.
"""
