"""Information desk (信息流): master data, approvals of payables, prices and warnings are read.

Tables: none; what is read is filed by intake. Facts told: none. Facts heard: none.
"""
