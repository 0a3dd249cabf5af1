"""Answers that were written once for many."""
