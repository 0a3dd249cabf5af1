"""Notices to try templates with, and to take pictures of."""
