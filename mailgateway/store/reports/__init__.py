"""What a report or a digest counts and lists: populations and their aggregates."""
