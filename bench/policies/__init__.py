"""The policy pack beside Checkov and cloudsplaining, and the limits of what it may cost."""
