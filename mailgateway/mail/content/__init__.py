"""The parts of a mail -> what a reader sees of it: text, safe HTML, pictures and files."""
