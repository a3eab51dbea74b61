"""Pure rules of the monitoring desk."""
