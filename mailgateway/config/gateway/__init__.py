"""What gateway.yaml may say, a part a file."""
