"""App: settings, command line, the finance run, demo, doctor and benchmarks. Above all rooms."""
