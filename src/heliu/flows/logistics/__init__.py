"""Logistics desk (物流): despatch advices, receipt advices, waybills and EPCIS events are read.

Tables: none; what is read is filed by intake. Facts told: none. Facts heard: none.
"""
