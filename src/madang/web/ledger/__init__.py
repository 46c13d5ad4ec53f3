"""The append-only ledger that desks share: accounts, transfers, holds, batches. It knows no policy.

One transfer is one row and both sides, so a book always sums to zero. Guarded accounts (members, allowances, stock)
carry a balance that the database itself keeps from falling below zero; issuers and sinks carry none and are derived.
"""
