"""Policy pack for Pulumi AWS programs: least-privilege IAM, encryption, autoscaling limits."""
