"""Mails that were set aside: what their admin is told of them, and what becomes of them by the admin's answer."""
