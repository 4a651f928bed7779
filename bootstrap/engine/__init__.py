"""The contract of a kind; and plan, guards and apply for any kind."""
