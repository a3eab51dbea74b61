"""The domain of the loan engine: terms, events, schedules, allocation, and the fold over them."""
