"""Features: what is known of a (supplier, buyer) pair, up to date when the question comes.

Tables: decisions.feature_event, decisions.feature_link, decisions.feature_cash (append-only log),
decisions.pair_state, decisions.marginal_state (folds of the log). Tells and hears nothing: whoever
files documents calls `observe` in the same transaction, whoever lends calls `follow`.
"""
