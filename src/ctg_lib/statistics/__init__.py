"""Pure functions: intervals, rounded data, comparison, places that distort a rate. No files, no territory names."""
