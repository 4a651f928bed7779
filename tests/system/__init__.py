"""The whole tool against the embedded AWS, its effects read through AWS's own API."""
