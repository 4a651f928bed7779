"""A plan as one HTML page that opens offline, loads nothing and sends nothing."""
