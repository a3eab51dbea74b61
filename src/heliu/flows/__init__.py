"""The four flows of a supply chain come in here, are verified and become one trade case."""
