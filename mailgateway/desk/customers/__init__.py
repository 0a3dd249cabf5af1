"""Who the customers are, what was agreed with them, and what they ask for with one click."""
