"""What goes out: letters and calls that wait, their order and pace, and whom nothing is sent to."""
