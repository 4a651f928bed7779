"""The stacks that each account of an environment gets."""
