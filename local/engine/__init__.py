"""A real Pulumi engine for the local cloud: the installed one, or one built from Go modules."""
