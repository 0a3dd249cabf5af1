"""What goes out: letters and calls are written, gathered, stopped, sent and tried again."""
