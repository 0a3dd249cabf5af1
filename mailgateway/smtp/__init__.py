"""The SMTP edge: RFC 5321, with STARTTLS, AUTH, SIZE, 8BITMIME and SMTPUTF8; aiosmtplib and asyncio live only here.

In come a server and finished letters; out goes one outcome for each letter that was begun. Connections are kept and
used again. Nothing here retries a letter, changes its bytes, or lets an exception of a library out.
"""
