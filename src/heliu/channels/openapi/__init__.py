"""Open API: the bank's public interface - three acts, documents, programmes, and its own page.

Tables: none. Tells and hears nothing.
"""
