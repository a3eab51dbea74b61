-- The ledger: chart of accounts as data, an immutable journal appended in batches by one fenced
-- writer, and balances as the fold of the journal (checkpoint + tail). The database itself refuses
-- a second writer, a gap, a broken hash chain, a repeated key, mixed currencies and any change.
CREATE SCHEMA IF NOT EXISTS books;

CREATE TABLE books.currency (
  code char(3) PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
  number smallint NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 999)
);
COMMENT ON TABLE books.currency IS 'Currencies the books are kept in: ISO 4217 code and number. Desk: books/ledger.';
INSERT INTO books.currency (code, number) VALUES
('CNY', 156), ('USD', 840), ('EUR', 978), ('HKD', 344), ('JPY', 392), ('GBP', 826), ('SGD', 702),
('AUD', 36), ('CAD', 124), ('CHF', 756), ('KRW', 410), ('NZD', 554), ('SEK', 752), ('NOK', 578),
('DKK', 208), ('THB', 764), ('MYR', 458), ('IDR', 360), ('VND', 704), ('INR', 356), ('BRL', 986),
('MXN', 484), ('ZAR', 710), ('PLN', 985), ('CZK', 203), ('HUF', 348), ('TRY', 949), ('AED', 784),
('SAR', 682), ('KWD', 414), ('BHD', 48), ('MOP', 446), ('TWD', 901), ('PHP', 608), ('RUB', 643);

CREATE TABLE books.account_type (
  code text PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
  zh text NOT NULL CHECK (zh <> ''),
  en text NOT NULL CHECK (en <> ''),
  class text NOT NULL CHECK (class IN ('asset', 'liability', 'equity', 'income', 'expense')),
  normal_side text NOT NULL CHECK (normal_side IN ('debit', 'credit')),
  CHECK ((normal_side = 'debit') = (class IN ('asset', 'expense')) OR code LIKE 'contra_%')
);
COMMENT ON TABLE books.account_type IS 'Chart of accounts: types with their normal side. Desk: books/ledger.';
INSERT INTO books.account_type (code, zh, en, class, normal_side) VALUES
('central_bank', '存放中央银行款项', 'Cash at central bank', 'asset', 'debit'),
('nostro', '存放同业', 'Nostro', 'asset', 'debit'),
('customer_deposit', '客户存款', 'Customer deposits', 'liability', 'credit'),
('loan', '贷款本金', 'Loans receivable', 'asset', 'debit'),
('interest_receivable', '应收利息', 'Interest receivable', 'asset', 'debit'),
('interest_income', '利息收入', 'Interest income', 'income', 'credit'),
('deferred_interest', '未实现利息收入', 'Deferred (unearned) interest', 'liability', 'credit'),
('fee_income', '手续费收入', 'Fee income', 'income', 'credit'),
('suspense', '待清分款项', 'Suspense (unidentified cash)', 'liability', 'credit'),
('clearing', '清算在途', 'Clearing and in transit', 'asset', 'debit'),
('payable', '其他应付款', 'Other payables', 'liability', 'credit'),
('provision', '贷款损失准备', 'Loan loss provision', 'liability', 'credit'),
('loss', '贷款损失', 'Loan losses', 'expense', 'debit'),
('equity', '实收资本', 'Paid-in capital', 'equity', 'credit');

-- An account's number starts with its currency's number, so "currencies never mix" is a check on
-- two numbers of one row and costs no lookup.
CREATE TABLE books.account (
  id bigint PRIMARY KEY CHECK (id % 1000000000000 > 0),
  name text NOT NULL UNIQUE CHECK (name <> ''),
  type text NOT NULL REFERENCES books.account_type (code),
  currency char(3) NOT NULL REFERENCES books.currency (code),
  currency_number smallint NOT NULL,
  floor bigint CHECK (floor BETWEEN -100000000000000 AND 100000000000000),
  opened_at timestamptz NOT NULL,
  CHECK (id / 1000000000000 = currency_number)
);
COMMENT ON TABLE books.account IS 'Accounts; floor: least balance on the normal side in minor units, or none. Append-only. Desk: books/ledger.';
CREATE UNIQUE INDEX account_serial ON books.account ((id % 1000000000000));

CREATE TABLE books.writer (
  shard smallint PRIMARY KEY CHECK (shard = 0),
  epoch integer NOT NULL CHECK (epoch >= 0),
  holder text NOT NULL,
  taken_at timestamptz NOT NULL
);
COMMENT ON TABLE books.writer IS 'The one writer: its epoch fences out every earlier one. Desk: books/ledger.';
INSERT INTO books.writer (shard, epoch, holder, taken_at) VALUES (0, 0, 'nobody', 'epoch');

CREATE TABLE books.batch (
  no bigint PRIMARY KEY CHECK (no >= 0),
  epoch integer NOT NULL,
  first_seq bigint NOT NULL CHECK (first_seq > 0),
  n integer NOT NULL,
  recorded_at timestamptz NOT NULL,
  prev bytea NOT NULL CHECK (length(prev) = 32),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  CHECK (n > 0 OR no = 0)
);
COMMENT ON TABLE books.batch IS 'Journal batches in order, hash-chained; recorded time is the batch''s. Append-only. Desk: books/ledger.';
CREATE UNIQUE INDEX batch_first_seq ON books.batch (first_seq) WHERE no > 0;
CREATE INDEX batch_recorded_at ON books.batch (recorded_at);
INSERT INTO books.batch (no, epoch, first_seq, n, recorded_at, prev, hash)
VALUES (0, 0, 1, 0, 'epoch', sha256(''), sha256('heliu'));

-- A batch row is written just before its commit. The row lock makes a writer that takes over wait
-- for it, and after that no batch of an older epoch can be added.
CREATE FUNCTION books.guard_batch() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  current_epoch integer;
  before books.batch;
BEGIN
  SELECT w.epoch INTO current_epoch FROM books.writer w WHERE w.shard = 0 FOR SHARE;
  IF current_epoch <> NEW.epoch THEN
    RAISE EXCEPTION 'writer of epoch % is fenced out by epoch %', NEW.epoch, current_epoch
      USING ERRCODE = 'HL001';
  END IF;
  SELECT b.* INTO before FROM books.batch b WHERE b.no = NEW.no - 1;
  IF before.no IS NULL OR NEW.first_seq <> before.first_seq + before.n
    OR NEW.prev <> before.hash OR NEW.recorded_at < before.recorded_at THEN
    RAISE EXCEPTION 'batch % does not continue the journal', NEW.no
      USING ERRCODE = 'HL002';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER batch_guard BEFORE INSERT ON books.batch
FOR EACH ROW EXECUTE FUNCTION books.guard_batch();

-- An open leaf has only a block index (live indexes cost five times the append); sealing builds
-- the others. The key of a transfer is guarded at every moment by books.transfer_key.
CREATE TABLE books.journal (
  seq bigint NOT NULL,
  key uuid NOT NULL,
  debit bigint NOT NULL,
  credit bigint NOT NULL,
  amount bigint NOT NULL,
  code smallint NOT NULL,
  phase smallint NOT NULL,
  business_date date NOT NULL,
  -- One constraint, because each one is paid for by every row.
  CONSTRAINT journal_sound CHECK (
    amount > 0 AND phase BETWEEN 0 AND 4 AND debit <> credit
    AND debit / 1000000000000 = credit / 1000000000000
  )
) PARTITION BY RANGE (seq);
COMMENT ON TABLE books.journal IS 'Double-entry transfers: phase 0 posted, 1 pending, 2 pending posted, 3 voided, 4 expired. Append-only. Desk: books/ledger.';

CREATE TABLE books.transfer_key (
  key uuid PRIMARY KEY,
  seq bigint NOT NULL
);
COMMENT ON TABLE books.transfer_key IS 'Every transfer''s idempotency key, unique over the whole journal. Append-only. Desk: books/ledger.';

CREATE TABLE books.pending (
  seq bigint PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE books.pending IS 'When a pending transfer expires (infinity: never). Append-only. Desk: books/ledger.';

CREATE TABLE books.resolution (
  pending_seq bigint PRIMARY KEY,
  seq bigint NOT NULL UNIQUE,
  CHECK (pending_seq < seq)
);
COMMENT ON TABLE books.resolution IS 'Which transfer posted, voided or expired a pending one: at most one. Append-only. Desk: books/ledger.';

CREATE TABLE books.leaf (
  no integer PRIMARY KEY CHECK (no > 0),
  first_seq bigint NOT NULL UNIQUE,
  end_seq bigint NOT NULL UNIQUE,
  sealed_at timestamptz,
  CHECK (first_seq < end_seq)
);
COMMENT ON TABLE books.leaf IS 'Leaves of the journal [first_seq, end_seq), sealed once their indexes stand. Desk: books/ledger.';

CREATE TABLE books.checkpoint (
  upto_seq bigint PRIMARY KEY,
  batch_no bigint NOT NULL,
  taken_at timestamptz NOT NULL
);
COMMENT ON TABLE books.checkpoint IS 'Moments at which all balances were written down. Desk: books/ledger.';

CREATE TABLE books.checkpoint_balance (
  upto_seq bigint NOT NULL REFERENCES books.checkpoint (upto_seq) ON DELETE CASCADE,
  account bigint NOT NULL,
  debits bigint NOT NULL CHECK (debits >= 0),
  credits bigint NOT NULL CHECK (credits >= 0),
  PRIMARY KEY (upto_seq, account)
);
COMMENT ON TABLE books.checkpoint_balance IS 'Posted totals per account up to a checkpoint: a cache of the fold. Desk: books/ledger.';

CREATE TRIGGER currency_append_only BEFORE UPDATE OR DELETE ON books.currency
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER account_type_append_only BEFORE UPDATE OR DELETE ON books.account_type
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER account_append_only BEFORE UPDATE OR DELETE ON books.account
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER batch_append_only BEFORE UPDATE OR DELETE ON books.batch
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON books.journal
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER transfer_key_append_only BEFORE UPDATE OR DELETE ON books.transfer_key
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER pending_append_only BEFORE UPDATE OR DELETE ON books.pending
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER resolution_append_only BEFORE UPDATE OR DELETE ON books.resolution
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- Adds the next leaf of `size` transfers. It is built aside and attached, so neither readers nor
-- the running writer wait for it.
CREATE FUNCTION books.add_leaf(size bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  last_leaf books.leaf;
  name text;
  lo bigint;
BEGIN
  SELECT l.* INTO last_leaf FROM books.leaf l ORDER BY l.no DESC LIMIT 1;
  lo := coalesce(last_leaf.end_seq, 1);
  name := 'journal_' || lpad((coalesce(last_leaf.no, 0) + 1)::text, 6, '0');
  EXECUTE format('CREATE TABLE books.%I (LIKE books.journal INCLUDING ALL)', name);
  EXECUTE format(
    'ALTER TABLE books.journal ATTACH PARTITION books.%I FOR VALUES FROM (%s) TO (%s)',
    name, lo, lo + size
  );
  EXECUTE format('CREATE INDEX %I ON books.%I USING brin (seq) WITH (pages_per_range = 32)', name || '_seq_blocks', name);
  EXECUTE format('COMMENT ON TABLE books.%I IS %L', name, 'A leaf of the journal. Desk: books/ledger.');
  EXECUTE format(
    'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON books.%I EXECUTE FUNCTION ground.refuse_change()', name
  );
  INSERT INTO books.leaf (no, first_seq, end_seq)
  VALUES (coalesce(last_leaf.no, 0) + 1, lo, lo + size);
END
$$;

-- Builds the indexes of a full leaf; nobody writes to it any more.
CREATE FUNCTION books.seal_leaf(leaf_no integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  name text := 'journal_' || lpad(leaf_no::text, 6, '0');
BEGIN
  PERFORM brin_summarize_new_values(('books.' || name || '_seq_blocks')::regclass);
  EXECUTE format('CREATE INDEX %I ON books.%I (debit, seq)', name || '_debit', name);
  EXECUTE format('CREATE INDEX %I ON books.%I (credit, seq)', name || '_credit', name);
  UPDATE books.leaf SET sealed_at = now() WHERE no = leaf_no;
END
$$;

CREATE VIEW books.prefix_view AS
SELECT b.no AS batch_no, b.first_seq + b.n - 1 AS upto_seq, b.recorded_at
FROM books.batch b
ORDER BY b.no DESC
LIMIT 1;
COMMENT ON VIEW books.prefix_view IS 'The end of the journal: every batch before it is committed. Desk: books/ledger.';

CREATE VIEW books.journal_view AS
SELECT j.seq, j.key, j.debit, j.credit, j.amount, a.currency, j.code, j.phase, j.business_date,
  b.recorded_at, b.no AS batch_no
FROM books.journal j
JOIN books.account a ON a.id = j.debit
CROSS JOIN LATERAL (
  SELECT x.no, x.recorded_at
  FROM books.batch x
  WHERE x.first_seq <= j.seq AND x.no > 0
  ORDER BY x.first_seq DESC
  LIMIT 1
) b;
COMMENT ON VIEW books.journal_view IS 'The journal with currency and recorded time. Desk: books/ledger.';

-- Balances now: the latest checkpoint plus the tail, exact for every reader in one statement.
CREATE VIEW books.balance_view AS
WITH mark AS (
  SELECT coalesce(max(c.upto_seq), 0) AS upto_seq
  FROM books.checkpoint c
), moved AS (
  SELECT k.account, k.debits, k.credits
  FROM books.checkpoint_balance k
  WHERE k.upto_seq = (SELECT m.upto_seq FROM mark m)
  UNION ALL
  SELECT j.debit, j.amount, 0
  FROM books.journal j
  WHERE j.seq > (SELECT m.upto_seq FROM mark m) AND j.phase IN (0, 2)
  UNION ALL
  SELECT j.credit, 0, j.amount
  FROM books.journal j
  WHERE j.seq > (SELECT m.upto_seq FROM mark m) AND j.phase IN (0, 2)
), total AS (
  SELECT v.account, sum(v.debits)::bigint AS debits, sum(v.credits)::bigint AS credits
  FROM moved v
  GROUP BY v.account
)
SELECT a.id AS account, a.name, a.type, a.currency,
  coalesce(t.debits, 0) AS debits, coalesce(t.credits, 0) AS credits,
  CASE y.normal_side WHEN 'debit' THEN 1 ELSE -1 END
  * (coalesce(t.debits, 0) - coalesce(t.credits, 0)) AS balance
FROM books.account a
JOIN books.account_type y ON y.code = a.type
LEFT JOIN total t ON t.account = a.id;
COMMENT ON VIEW books.balance_view IS 'Posted balances on the normal side, in minor units, of this moment. Desk: books/ledger.';
