"""Care edition: the bank for elders - one task a page, few actions, large, read aloud, in peace.

Tables: none. Facts told and heard: none. The same data as the mobile bank through the same doors;
nothing that is said or typed is done before its person has read it back and signed it.
"""
