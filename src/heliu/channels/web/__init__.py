"""Web: what every channel over HTTP shares - the door, the caller, problems, limits, the server.

Tables: none. Tells and hears nothing.
"""
