"""Pure rules of verification: claims, lines, quantities, money, dates and their findings."""
