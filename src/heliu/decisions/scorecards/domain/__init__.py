"""The scorecards desk's pure core: points and grades."""
