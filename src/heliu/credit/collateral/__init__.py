"""The collateral desk: goods that secure a loan, from the warehouse receipt to the last release.

Purpose: lots with their custodians, pledged once; dated prices, haircuts by goods and age,
coverage, margin calls and stop-ship; release on payment, buy-back, seizure; what is seen of them.
Tables: credit.lot, security, pledge, lot_event, goods_price, price_confirmation, appraisal,
margin_event, release, custodian_instruction, custodian_answer, collateral_case.
Facts told: credit.lots_pledged.v1, credit.goods_released.v1, credit.goods_seized.v1,
credit.margin_moved.v1, credit.buy_back_called.v1, credit.collateral_case_opened.v1,
credit.custodian_instructed.v1. Facts heard: none.
"""
