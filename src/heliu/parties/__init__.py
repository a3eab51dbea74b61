"""Who the bank deals with: customers and enterprises, who they are, how they hang together."""
