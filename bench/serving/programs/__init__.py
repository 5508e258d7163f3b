"""What each server runs. Each stands alone: it is run with the packages of its own environment."""
