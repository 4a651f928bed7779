"""AWS: the endpoint, the client that makes every call, and what is read with it."""
