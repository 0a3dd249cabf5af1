"""Rendering: a notice comes in, the words of its mail go out. What people wrote is data here, never a template."""
