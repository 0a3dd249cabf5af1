"""Answers to an outdated state of their ticket: what happened meanwhile, and what becomes of them."""
