"""The hot path's forest: a compiled kernel over flat arrays, bit for bit what scikit-learn says."""
