"""The pure part of the collateral desk."""
