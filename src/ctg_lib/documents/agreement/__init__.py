"""Documents of the agreement: workbooks brought up to date, matrix, convention, sheets of actions."""
