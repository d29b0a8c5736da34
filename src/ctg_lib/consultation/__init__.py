"""What people say: inhabitants' survey, interviews, thematic meetings, forums, elected members' seminar.

questionnaire  one French description, from which every form is made and against which answers are read
bank           the questionnaires of the project, or a study's own (written: strict reading); codes, soundness
settings       ``consultation.yml``: who answers for the data, retention, what is planned; notice, preparation
answers        answers of one questionnaire as one table, whatever they came from
reading        exports read; received: all of a study's; erasing: one person's removed (deletion_codes, erased_codes)
weights        answers weighed on official margins; estimates: what may be shown (filtered, differing)
masking        people taken out of texts; verbatims, words, selection: open answers reviewed, counted, chosen
books          workbooks of interviews, meetings, forums, seminar, open answers; reading_actors, scheme: read and coded
actors         what partners and members say, as coded excerpts; agreement, coverage, synthesis, quotations, votes
made_up        files that say their data are made up; plain_names: file names that may name someone
wording        numbers and lists in French
folder         all that a study collects, and what it plans
"""
