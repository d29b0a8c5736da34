"""What a reader sees: theme, typography, figures, maps and tables.

No statistic is computed here and no file is known: frames come in, outputs go out. Drawing libraries are
imported when something is drawn.
"""
