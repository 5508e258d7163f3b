"""What an answer can hold beside probabilities: why, how sure, which labels else."""
