"""Contents of the demonstration study: all invented but names and codes of communes."""
