"""Arrays in, numbers out, over SciPy and statsmodels."""
