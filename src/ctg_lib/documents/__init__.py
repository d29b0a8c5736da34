"""Word, Excel: the workbooks that are filled, the letters that ask for data."""
