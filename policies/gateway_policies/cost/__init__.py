"""What a stack costs in a month, before it exists."""
