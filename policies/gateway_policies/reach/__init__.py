"""Who of a stack can reach which of its endpoints, feature groups, buckets and keys."""
