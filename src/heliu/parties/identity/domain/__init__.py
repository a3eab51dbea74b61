"""People, their ways in, sessions, signed orders, recovery and guardianship. Pure."""
