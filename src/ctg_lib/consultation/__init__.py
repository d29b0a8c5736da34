"""What people say: inhabitants' survey, interviews, thematic meetings, forums, elected members' seminar.

questionnaire  one French description, from which every form is made and against which answers are read
answers        answers of one questionnaire as one table, whatever they came from
actors         what partners and members say, as coded excerpts
folder         all that a study collects, and what it plans
"""
