"""Pure columns of the provisioning desk."""
