"""YAML -> checked values, or findings in plain words with the place in the file."""
