"""AWS accounts."""
