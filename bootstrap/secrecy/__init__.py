"""Masking secrets, redacting e-mails, escaping control characters."""
