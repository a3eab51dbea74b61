-- Features of (supplier, buyer) pairs: an append-only log of what happened between them, in business
-- time and in known time, and the folds of it that a decision reads. Every fold can be made again
-- from the log, as of any day and any knowledge. All of a pair lies with its buyer (distribution
-- column: buyer, for marginals the party).
CREATE SEQUENCE decisions.feature_no;

CREATE TABLE decisions.feature_cash (
  id uuid PRIMARY KEY,
  document_id uuid NOT NULL,
  paid_on date NOT NULL,
  known_at timestamptz NOT NULL,
  currency text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  words text[] NOT NULL,
  debtor_tax_id text,
  debtor_name text
);
COMMENT ON TABLE decisions.feature_cash IS
'Money that came in and the words that may name invoices, minor units; waits for its invoice. Append-only. Desk: decisions/features.';
CREATE INDEX feature_cash_words ON decisions.feature_cash USING gin (words);

CREATE TABLE decisions.feature_event (
  buyer text NOT NULL,
  supplier text NOT NULL,
  no bigint NOT NULL,
  id uuid NOT NULL,
  document_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('order', 'receipt', 'invoice', 'credit', 'payment', 'followed')),
  number text NOT NULL CHECK (number <> ''),
  event_on date NOT NULL,
  known_at timestamptz NOT NULL,
  currency text,
  amount bigint NOT NULL CHECK (amount >= 0),
  due_on date,
  void boolean NOT NULL,
  repeats boolean NOT NULL,
  refs text[] NOT NULL,
  lines jsonb NOT NULL,
  buyer_name text NOT NULL,
  print bigint,
  goods bigint,
  cash_id uuid,
  PRIMARY KEY (buyer, supplier, no),
  UNIQUE (id, buyer),
  CHECK ((kind = 'payment') = (cash_id IS NOT NULL)),
  CHECK (kind NOT IN ('invoice', 'credit', 'payment') OR currency IS NOT NULL)
);
COMMENT ON TABLE decisions.feature_event IS
'What happened between a supplier and a buyer, when, and when it was known; minor units. Append-only. Desk: decisions/features.';
CREATE INDEX feature_event_invoice ON decisions.feature_event (number)
WHERE kind = 'invoice';
CREATE INDEX feature_event_supplier ON decisions.feature_event (supplier, no);
CREATE INDEX feature_event_print ON decisions.feature_event (print)
WHERE print IS NOT NULL;
CREATE INDEX feature_event_goods ON decisions.feature_event (goods)
WHERE goods IS NOT NULL;
CREATE INDEX feature_event_cash ON decisions.feature_event (cash_id)
WHERE cash_id IS NOT NULL;

CREATE TABLE decisions.feature_link (
  buyer text NOT NULL,
  group_id uuid NOT NULL,
  supplier text NOT NULL,
  no bigint NOT NULL,
  PRIMARY KEY (buyer, group_id, no)
);
COMMENT ON TABLE decisions.feature_link IS
'Which events tell of one order, receipt, invoice or credit note of a pair. Append-only. Desk: decisions/features.';

CREATE TABLE decisions.pair_state (
  buyer text NOT NULL,
  supplier text NOT NULL,
  currency text,
  version bigint NOT NULL CHECK (version > 0),
  first_day integer NOT NULL CHECK (first_day >= 0),
  last_day integer NOT NULL CHECK (last_day > 0),
  horizon integer NOT NULL CHECK (horizon > 0),
  traded integer NOT NULL CHECK (traded >= 0),
  days bytea NOT NULL CHECK (length(days) % 88 = 0),
  paid bytea NOT NULL CHECK (length(paid) % 40 = 0),
  dues bytea NOT NULL CHECK (length(dues) % 48 = 0),
  lags bytea NOT NULL CHECK (length(lags) % 16 = 0),
  digits bytea NOT NULL CHECK (length(digits) IN (0, 88)),
  months bytea NOT NULL CHECK (length(months) % 16 = 0),
  PRIMARY KEY (buyer, supplier)
);
COMMENT ON TABLE decisions.pair_state IS
'The fold of a pair''s events up to number version: rows of integers, see docs/features.md. Desk: decisions/features.';

CREATE TABLE decisions.marginal_state (
  party text NOT NULL,
  side text NOT NULL CHECK (side IN ('supplier', 'buyer')),
  currency text NOT NULL,
  version bigint NOT NULL CHECK (version > 0),
  horizon integer NOT NULL CHECK (horizon > 0),
  trade bytea NOT NULL CHECK (length(trade) % 40 = 0),
  terms bytea NOT NULL CHECK (length(terms) % 40 = 0),
  shares bytea NOT NULL CHECK (length(shares) % 40 = 0),
  PRIMARY KEY (party, side, currency)
);
COMMENT ON TABLE decisions.marginal_state IS
'The fold over all pairs of one supplier or one buyer in one currency. Desk: decisions/features.';

CREATE TRIGGER feature_cash_append_only BEFORE UPDATE OR DELETE ON decisions.feature_cash
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER feature_event_append_only BEFORE UPDATE OR DELETE ON decisions.feature_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER feature_link_append_only BEFORE UPDATE OR DELETE ON decisions.feature_link
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
