"""Pure functions: intervals, rounded data, comparison, places that distort a rate. They know no file."""
