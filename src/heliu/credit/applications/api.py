"""Door of the applications desk."""

from heliu.credit.applications.domain import Application
from heliu.credit.applications.service import Answer, Apply, Policy, apply
from heliu.credit.applications.store import latest as latest_applications

__all__ = ["Answer", "Application", "Apply", "Policy", "apply", "latest_applications"]
