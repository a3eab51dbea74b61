"""Ground: money, time, ids, refusals and the database. No bank noun lives here."""
