"""Products: programmes of core enterprises as immutable versions, and the terms they lend on.

Tables: credit.programme (versions as proposed), credit.programme_release (who let one count, never
its proposer). Tells credit.programme_released.v1; hears nothing: loans snapshot their terms.
"""
