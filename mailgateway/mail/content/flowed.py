"""format=flowed (RFC 3676): lines that a mailer broke are put together again."""

_MOST_QUOTES = 50


def unflow(text: str, *, delete_space: bool) -> str:
    """Return text with its soft line breaks undone; `delete_space` is the DelSp parameter."""
    lines: list[str] = []
    pieces: list[str] = []
    depth = 0
    for raw in text.split("\n"):
        level, line = _level(raw)
        if pieces and level != depth:
            lines.append(_quoted(depth, "".join(pieces)))
            pieces = []
        depth = level
        if line.endswith(" ") and line != "-- ":
            pieces.append(line[:-1] if delete_space else line)
            continue
        if line == "-- " and pieces:
            lines.append(_quoted(depth, "".join(pieces)))
            pieces = []
        lines.append(_quoted(depth, "".join([*pieces, line])))
        pieces = []
    if pieces:
        lines.append(_quoted(depth, "".join(pieces)))
    return "\n".join(lines)


def _level(line: str) -> tuple[int, str]:
    """Split a line into its quote depth and its words, unstuffed."""
    words = line.lstrip(">")
    depth = len(line) - len(words)
    return min(depth, _MOST_QUOTES), words.removeprefix(" ")


def _quoted(depth: int, words: str) -> str:
    return (">" * depth + " " + words) if depth else words
