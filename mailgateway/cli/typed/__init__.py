"""What people type at a shell, read: names, moments, addresses, options; what cannot be read leaves with 2."""
