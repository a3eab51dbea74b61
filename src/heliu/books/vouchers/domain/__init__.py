"""The voucher desk's pure part: commands, events, the register they fold to, and its decisions."""
