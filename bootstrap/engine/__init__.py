"""Diff, order, guards and apply, for whatever kinds there are."""
