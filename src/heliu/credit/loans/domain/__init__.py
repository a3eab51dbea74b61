"""The loan as a fold of its events, repayment waterfall, and how cash finds its receivable."""
