"""A real Pulumi engine for the local cloud: installed, downloaded or built from Go modules."""
