"""The simulated ecosystem: core enterprises, suppliers, a rail and frauds around the real bank.

Everything goes through the public doors: documents over HTTP and a drop folder, acts over HTTP,
money over the rail's folder. `cast`, `plan` and `papers` are pure and seeded; `world` lives a day.
"""
