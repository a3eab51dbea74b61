"""Engine: the pure loan engine - plans, waterfalls, and the fold of a loan's whole event history.

Tables: none. Facts: none told, none heard. Everything here is a function of terms, events and a
date: no clock, no I/O, no randomness, so a loan replays the same for ever.
"""
