"""The routing rules and the tests beside them, as files."""
