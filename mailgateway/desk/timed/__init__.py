"""What happens to a ticket by itself when its time comes."""
