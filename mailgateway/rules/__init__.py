"""The routing language. Plain YAML data comes in, decisions about a mail with their reasons go out.

It never reads a file, a clock or a database, and no rule and no mail makes it raise.
"""
