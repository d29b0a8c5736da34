"""What only the territory knows: offer, money, parties, previous contract, partners' data.

books         its workbooks, one description each; measures and demandes: what partners are asked
calendar      the démarche of ``study.yml``
folder        all that a study's folder holds; progress: how far it is filled
checks        what does not agree between files, dates and sums
offer, money, sppe   what follows from the tables
requests      what is asked of each partner; answers: what came back, checked and masked
"""
