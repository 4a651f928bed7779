"""The YAML: what it may say, how it is read, and every problem in it with its place."""
