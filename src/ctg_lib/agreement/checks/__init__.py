"""What does not agree between the workbooks of the agreement, said so that someone can mend it."""
