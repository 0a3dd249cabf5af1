"""How to reach a mail server and prove who we are: a server's address, its TLS, a login, an access token.

In come plain settings; out go values that the IMAP and the SMTP edge open connections with. Nothing here opens a mail
connection, and no secret is ever shown, logged or put into an error.
"""
