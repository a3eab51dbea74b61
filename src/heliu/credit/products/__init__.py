"""Products: programmes of core enterprises as immutable versions, and the terms they lend on.

Tables: credit.programme. Tells and hears nothing: a programme is data that loans snapshot.
"""
