"""The IMAP edge: RFC 3501, with IDLE, MOVE, UIDPLUS and XOAUTH2 where the server has them; imapclient lives only here.

In come a server and a folder; out go mails as bytes under their UIDs, and the news that there are new ones. Mails are
settled (moved, flagged, deleted) when the caller says so. Nothing here marks a mail as read, decides what it means, or
lets an exception of a library out.
"""
