"""Stand-in for the aws plugin: our stack's resource types, data-driven over botocore's shapes."""
