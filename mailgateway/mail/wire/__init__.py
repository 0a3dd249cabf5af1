"""Bytes of the wire -> fields, texts and parts: every encoding undone, every breakage mended or named."""
