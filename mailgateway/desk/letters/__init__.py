"""Who is told what, in which letter, and when nothing is sent."""
