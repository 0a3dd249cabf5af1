"""The store: plans, mails and letters come in and are kept; facts and rows for people go out.

It never decides anything. Everything happens within a `Transaction` that `Store.writing()` or `Store.reading()` gives.
"""
