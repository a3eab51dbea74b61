"""Stand-ins for outside systems, with seeded faults: for demonstration, rehearsal and tests."""
