"""Vouchers: receivables as digital vouchers (应收账款电子凭证), divisible, paid to the fen.

Purpose: issue on a confirmed payable, accept, split, transfer, finance, freeze, redeem at maturity;
every fragment has one holder, children sum to their parent, the holder of record is paid.
Tables: books.voucher_event (the truth), and its folds books.voucher, voucher_backing,
voucher_fragment, voucher_title, voucher_financing, voucher_payout.
Every event is a leaf `voucher.event` of the evidence log. Facts told: none. Facts heard: none.
Not a note receivable in accounting: Cai Kuai 2021 No. 32; derecognition follows CAS 23.
"""
