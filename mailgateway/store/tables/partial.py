"""What partial indexes hold, as the conditions that statements have to repeat word for word."""

OPEN_CI = "ci IS NOT NULL AND status NOT IN ('solved', 'closed')"
"""Which tickets are in the index of open ones by what they are about."""

CLOSED = "status = 'closed'"
"""Which tickets are in the index by when they were closed."""

BARE_MAIL = "ticket IS NULL AND state = 'finished' AND sha256 <> ''"
"""Which mails are in the index of those that no ticket has, and whose bytes are kept."""

BARE_LETTER = "ticket IS NULL AND ended_at IS NOT NULL AND (content IS NOT NULL OR sha256 IS NOT NULL)"
"""The same of letters."""

TURNED_AWAY = "disposition IN ('refused', 'held')"
"""Which mails are in the index of those whose orders were not carried out."""
