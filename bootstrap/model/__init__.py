"""The values that everything else is written in."""
