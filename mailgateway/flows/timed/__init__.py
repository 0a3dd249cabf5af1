"""What happens because its time has come, and the watch over whether all parts live."""
