"""Policies of AWS Organizations."""
