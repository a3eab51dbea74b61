"""Staff console: the live wall, receivables and firms from every side, decisions, search, exports.

No tables. Reads what the desks below tell; tells and hears nothing of its own.
"""
