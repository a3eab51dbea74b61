"""Provisioning: stages and expected credit loss of every loan, and why the allowance changed.

Purpose: stage a whole book (CAS 22 / IFRS 9), price its expected loss as PD x LGD x EAD discounted
at the effective rate and weighted over scenarios, and explain a day's change of the allowance.
Parameters are dated files (`parameters/`).
Tables: credit.risk_flag, credit.provision_movement.
Facts told: none (the end of day tells what changed). Facts heard: none; whoever sees risk rise
(early warning, a person) calls `flag`.
"""
