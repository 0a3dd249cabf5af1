"""What is promised to whom: calendars, clocks, escalations."""
