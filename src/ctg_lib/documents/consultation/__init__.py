"""Questionnaires as people meet them: LimeSurvey, XLSForm, paper, and the sheet in which paper is typed."""
