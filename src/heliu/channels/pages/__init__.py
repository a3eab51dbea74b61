"""Pages: what every page for people stands on - routes with rights, visits, forms, looks, live.

Tables: channels.page_act (which form was already sent), channels.parked_form (what was typed when
the session had ended), channels.job (long work with its steps). Hears the outbox and shows it to
those who may know (`/live`). A route that names no right and is not public does not build.
"""
