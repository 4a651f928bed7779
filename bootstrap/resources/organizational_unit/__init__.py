"""Organizational units."""
