"""Lending: the loan book of every product on the loan engine; what a contract owes is a fold.

Purpose: open contracts on released product versions, also from signed applications; claim the
invoices they rest on in the uniqueness registry; book acts (draw, repay, charge, change of rate
or plan, write-off, reversal) in batches, each in one transaction with its journal, limits, facts
and proof; move papers through the product's stages; repay by the bank's entries; pay back what was
overpaid; end contracts nobody drew on; answer what stands, and what a borrower owes.
Tables: credit.contract, contract_event (the truth), contract_stage, contract_state, instalment,
subledger_entry, repayment_source, contract_end. Views: contract_view, contract_act_view,
contract_period_view.
Facts told: credit.contract_opened.v1, credit.contract_event.v1, credit.contract_stage.v1,
credit.contract_cancelled.v1.
Facts heard: none. Interest, penalty and provision are accrued by the end of day, not here.
"""
