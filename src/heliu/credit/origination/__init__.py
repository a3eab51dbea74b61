"""Origination (贷前): from an application for a loan to a signed contract that money may follow.

Tables: credit.loan_application, credit.loan_application_event (the truth), credit.loan_contract,
credit.loan_document, credit.consent, credit.consent_withdrawal, credit.signing_key,
credit.signing_key_end (all append-only) and credit.loan_application_state (a fold, for work lists).
Tells credit.loan_application_completed.v1, credit.loan_application_refused.v1,
credit.loan_application_stuck.v1. Hears nothing: whoever lends reads `accepted`.
Names of people are compared and forgotten; they are in no event, text or log.
"""
