"""Model artifacts: the forms that the config names, verified, and the bucket that holds them."""
