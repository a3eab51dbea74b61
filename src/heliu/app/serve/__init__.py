"""The running bank: a teller for money, a clerk for documents, loops beside them, HTTP in front."""
