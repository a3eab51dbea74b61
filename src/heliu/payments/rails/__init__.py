"""Rails: how payment messages leave the bank and how answers come back.

Purpose: write pacs.008, pain.001 and pacs.028; understand pacs.002, pain.002, pacs.004 and
camt.054; carry them by a folder link; simulate a rail with faults. Tables: none. Facts told: none.
Facts heard: none.
"""
