"""The only door to AWS: which endpoint, every call, its retries and its blockers."""
