"""Sample documents: a seeded writer of a folder that tells the trades of three core enterprises.

`python -m heliu.app.samples OUT` writes it. The plan (`firms`, `trade`, `story`) knows no format;
one module per family of formats (`ubl`, `einvoice`, `epcis`, `bank`, `information`) writes what a
real sender would send; `folder` puts the files where they arrive. All names are invented.
"""
