"""Staff console: the live wall, receivables and firms from every side, decisions, search, exports;
case queues, programmes edited and released, the end of day, the ledger, people at the door.

Tables: channels.case_word, case_word_end (what staff said of cases, and how each word ended), and
channels.export. Reads what the desks below tell and commands them by their doors; tells and hears
nothing of its own.
"""
