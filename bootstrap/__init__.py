"""What an account needs before any stack: a Pulumi program of its own, run by an administrator."""
