"""Attachments of policies to the root and to OUs."""
