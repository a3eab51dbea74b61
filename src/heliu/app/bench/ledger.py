"""Ledger bench: durable double-entry transfers per second, beside its peers and its limit.

Every round runs all contestants in turn on the same server: pgbench's TPC-B and the naive
transaction per transfer (both with eight clients), binary COPY of the same rows into a bare table
(the limit), and the ledger with idempotency and floor checks on. Ratios are taken within a round;
figures are medians. The load generator shares the machine with the server.
"""

import gc
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from heliu.books.ledger.api import Bulk, Ledger, NewAccount, Options, TransferBatch
from heliu.books.ledger.bench_rows import bare_payload
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.postgres import embedded

ROUNDS: Final = 3
ACCOUNTS: Final = 100_000
CLIENTS: Final = 8
SIZES: Final = (1, 64, 1024, 8192)
LEAF: Final = 262_144
CNY: Final = 156
MAX_RATE: Final = 1_500_000
NAIVE: Final = """\
\\set debit random(1, 100000)
\\set credit random(1, 100000)
BEGIN;
SELECT balance FROM naive_account WHERE id IN (:debit, :credit) ORDER BY id FOR UPDATE;
INSERT INTO naive_entry (key, debit, credit, amount) VALUES (gen_random_uuid(), :debit, :credit, 1);
UPDATE naive_account SET balance = balance - 1 WHERE id = :debit;
UPDATE naive_account SET balance = balance + 1 WHERE id = :credit;
COMMIT;
"""
SETUP: Final = """
CREATE TABLE naive_account (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
INSERT INTO naive_account (id, balance) SELECT i, 1000000 FROM generate_series(1, 100000) i;
CREATE TABLE naive_entry (
  key uuid PRIMARY KEY, debit int NOT NULL, credit int NOT NULL, amount bigint NOT NULL
);
CREATE TABLE bare (
  seq bigint NOT NULL, key uuid NOT NULL, debit bigint NOT NULL, credit bigint NOT NULL,
  amount bigint NOT NULL, code smallint NOT NULL, phase smallint NOT NULL,
  business_date date NOT NULL
)"""
COPY_BARE: Final = "COPY bare FROM STDIN (FORMAT BINARY)"

Tell = Callable[[str], None]
Rates = dict[str, list[float]]
