"""The stack on one machine: a test double for AWS, not a product."""
