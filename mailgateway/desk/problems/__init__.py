"""Matters that many tickets wait for, and the things that tickets are about."""
