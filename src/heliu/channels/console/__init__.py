"""Staff console: wall, trades from every side, decisions, cases, programmes, books, people.

Tables: channels.case_word, case_word_end (what staff said of cases, and how each word ended), and
channels.export. Reads what the desks below tell and commands them by their doors; tells and hears
nothing of its own.
"""
