"""What the stack's own network consists of."""
