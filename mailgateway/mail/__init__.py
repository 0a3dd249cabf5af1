"""Mail: bytes in, frozen values out, and finished letters back into bytes.

In: raw messages of RFC 5322, however broken. Out: `Mail`, `Verdict`, `Reply`, `Bounce`, `Identity`, `Letter`.
Never: a clock, chance, a network, a disk, a log line, or an exception because of what a stranger sent.
"""
