"""What only the territory knows: offer, money, parties, previous contract, partners' data.

schema        workbooks described as data, from which they are both written and read
books         the workbooks themselves, one description each; measures and demandes: what partners are asked
parsing       one cell, forgiving, never silent (cells, cell_numbers, cell_dates, cell_choices, cell_places)
spreadsheet   an .xlsx file as cells; headings, layout: where the columns are
reading       one workbook: tables and problems
moments       dates as people write them; calendar: the démarche of ``study.yml``
folder        all that a study's folder holds; progress: how far it is filled
checks        what does not agree between files, dates and sums
offer, money, sppe   what follows from the tables
requests      what is asked of each partner; answers: what came back, checked and masked
"""
