"""Classification: the five classes of every loan, with the reason, from both clocks and its debtor.

Purpose: class a whole book at once (columns in, columns out) by cut-offs that regulation dates;
carry a debtor's default over to all his loans; keep restructured loans under observation; let a
person judge worse alone, and better only with a second person.
Tables: credit.classification_judgement, credit.classification_release.
Facts told: none (the end of day tells what changed). Facts heard: none.
"""
