"""Workbooks that people fill: described as data, from which they are both written and read.

schema        what a workbook, a sheet and a column are
parsing       one cell, forgiving, never silent (cells, cell_numbers, cell_dates, cell_choices, cell_places)
spreadsheet   an .xlsx file as cells; headings, layout: where the columns are
reading       one workbook: tables and problems; links: lines that name those of another sheet
moments       dates as people write them
problems      what is wrong, and where; telling: how it is said to whoever can mend it
people        names, addresses and telephone numbers, which no file may hold
common        themes of a convention, and columns that several workbooks share
"""
