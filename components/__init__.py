"""What exists on AWS and how it is wired: Pulumi ComponentResources."""
