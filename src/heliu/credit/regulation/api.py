"""Door of the regulation desk."""

from heliu.credit.regulation.domain import Rule, Rules, Unit
from heliu.credit.regulation.service import catalogue, in_force
from heliu.decisions.verdicts.api import Profile

__all__ = ["Profile", "Rule", "Rules", "Unit", "catalogue", "in_force"]
