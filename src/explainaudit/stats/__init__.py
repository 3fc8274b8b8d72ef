"""Arrays in, numbers out, over NumPy and SciPy."""
