"""Credit: programmes and products, limits on every axis, applications, loans and their life."""
