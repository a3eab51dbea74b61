-- Payment orders: what is to be paid, what happened to it, what was said to the rail and what the
-- rail said. Orders, events, messages and answers are only ever added; the state is their fold. An
-- order is its own first event, so that placing one that stays inside the ledger costs one row.
CREATE SCHEMA payments;

INSERT INTO books.account_type (code, zh, en, class, normal_side) VALUES
('rail_clearing', '支付清算在途', 'Payments under way', 'liability', 'credit');

-- Paying a customer of our own needs his account's number without folding its balance.
CREATE VIEW books.account_view AS
SELECT a.id, a.name, a.type, a.currency
FROM books.account a;
COMMENT ON VIEW books.account_view IS 'Accounts by name and number, without balances. Desk: books/ledger.';

-- What a firm bought: the papers that can name the payee of an entrusted payment.
CREATE VIEW flows.purchase_view AS
SELECT d.id, d.kind, d.buyer_tax_id, d.seller_tax_id
FROM flows.document d
WHERE d.kind IN ('order', 'invoice', 'credit_note');
COMMENT ON VIEW flows.purchase_view IS 'Orders, invoices and credit notes by buyer and seller. Desk: flows/intake.';
CREATE INDEX document_purchase ON flows.document (buyer_tax_id, seller_tax_id)
WHERE kind IN ('order', 'invoice', 'credit_note');

CREATE TABLE payments.payment_order (
  id uuid PRIMARY KEY,
  key uuid NOT NULL UNIQUE,
  route text NOT NULL CHECK (route IN ('ledger', 'rail')),
  end_to_end_id text COLLATE "C" NOT NULL UNIQUE CHECK (length(end_to_end_id) BETWEEN 1 AND 35),
  payer bigint NOT NULL,
  payer_name text,
  payer_uscc text,
  payee_name text NOT NULL CHECK (payee_name <> ''),
  payee_account text NOT NULL CHECK (payee_account <> ''),
  payee_uscc text,
  payee_bank text,
  currency char(3) NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  basis_id uuid NOT NULL,
  business_date date NOT NULL,
  parties text[] NOT NULL,
  entrusted_borrower text,
  entrusted_documents uuid[] NOT NULL,
  ordered_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK (entrusted_borrower IS NOT NULL OR entrusted_documents = '{}'),
  CHECK (entrusted_borrower IS NULL OR payee_uscc IS NOT NULL)
);
COMMENT ON TABLE payments.payment_order IS
'Who pays whom how much and why, minor units; holds account numbers. Append-only. Desk: payments/orders.';
CREATE INDEX payment_order_basis ON payments.payment_order (basis_id);
CREATE INDEX payment_order_entrusted ON payments.payment_order (entrusted_borrower, payee_uscc)
WHERE entrusted_borrower IS NOT NULL;

CREATE TABLE payments.order_event (
  order_id uuid NOT NULL REFERENCES payments.payment_order (id),
  no integer NOT NULL CHECK (no > 0),
  kind text NOT NULL CHECK (kind IN (
    'sent', 'accepted', 'timed_out', 'asked', 'never_arrived', 'given_up', 'disputed', 'settled',
    'rejected', 'returned'
  )),
  amount bigint NOT NULL CHECK (amount >= 0),
  cause text NOT NULL,
  reason text,
  transfers uuid[] NOT NULL,
  business_date date NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (order_id, no),
  CHECK ((kind = 'returned') = (amount > 0))
);
COMMENT ON TABLE payments.order_event IS
'What happened to an order on a rail after it was placed, the message that caused it and its journal transfers. Append-only. Desk: payments/orders.';
-- The last guard of "an order ends once": settled or rejected, never both, never twice.
CREATE UNIQUE INDEX order_event_ends_once ON payments.order_event (order_id)
WHERE kind IN ('settled', 'rejected');
CREATE UNIQUE INDEX order_event_returns_once ON payments.order_event (order_id)
WHERE kind = 'returned';

CREATE TABLE payments.order_state (
  order_id uuid PRIMARY KEY REFERENCES payments.payment_order (id),
  state text NOT NULL CHECK (state IN (
    'instructed', 'sent', 'accepted', 'unknown', 'disputed', 'settled', 'rejected', 'returned'
  )),
  events integer NOT NULL CHECK (events >= 0),
  accepted boolean NOT NULL,
  handed integer NOT NULL CHECK (handed >= 0),
  asked integer NOT NULL CHECK (asked >= 0),
  returned bigint NOT NULL CHECK (returned >= 0),
  given_up boolean NOT NULL,
  waiting text CHECK (waiting IN ('instruction', 'query')),
  due_at timestamptz,
  CHECK (waiting IS NULL OR due_at IS NULL),
  CHECK (state IN ('instructed', 'unknown') OR waiting IS NULL),
  CHECK (state IN ('sent', 'accepted', 'unknown') OR due_at IS NULL)
);
COMMENT ON TABLE payments.order_state IS
'Where each order on a rail stands: the fold of its events, what waits for the rail and when it is asked. Inside the ledger there is none. Desk: payments/orders.';
CREATE INDEX order_state_waiting ON payments.order_state (order_id) WHERE waiting IS NOT NULL;
CREATE INDEX order_state_due ON payments.order_state (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE payments.message (
  id text COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 35),
  order_id uuid NOT NULL REFERENCES payments.payment_order (id),
  kind text NOT NULL CHECK (kind IN ('instruction', 'query')),
  body bytea NOT NULL,
  composed_at timestamptz NOT NULL
);
COMMENT ON TABLE payments.message IS
'Messages to the rail, byte for byte as every sending of them. Append-only. Desk: payments/orders.';
CREATE INDEX message_order ON payments.message (order_id);

CREATE TABLE payments.received (
  sha256 text COLLATE "C" PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  body bytea NOT NULL,
  received_at timestamptz NOT NULL
);
COMMENT ON TABLE payments.received IS
'Messages from the rail, byte for byte, each content once. Append-only. Desk: payments/orders.';

CREATE TABLE payments.answer (
  sha256 text COLLATE "C" NOT NULL REFERENCES payments.received (sha256),
  place text NOT NULL,
  reference text NOT NULL,
  order_id uuid REFERENCES payments.payment_order (id),
  verdict text CHECK (verdict IN ('accepted', 'settled', 'rejected', 'not_received', 'returned')),
  status text,
  reason text,
  currency text,
  amount numeric,
  worth text NOT NULL CHECK (worth IN ('applied', 'repeated', 'late', 'case', 'ignored')),
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (sha256, place)
);
COMMENT ON TABLE payments.answer IS
'What a message of the rail says of one payment (major units), and what it was worth. Append-only. Desk: payments/orders.';
CREATE INDEX answer_order ON payments.answer (order_id);

CREATE TABLE payments.payment_case (
  id uuid PRIMARY KEY,
  code text NOT NULL CHECK (code IN (
    'wrong_amount', 'unknown_reference', 'unreadable', 'status_unknown',
    'rejected_after_acceptance', 'rejected_after_settlement', 'settled_after_rejection',
    'return_differs', 'return_unexpected', 'unresolved'
  )),
  order_id uuid REFERENCES payments.payment_order (id),
  sha256 text COLLATE "C" REFERENCES payments.received (sha256),
  place text NOT NULL,
  reason_zh text NOT NULL CHECK (reason_zh <> ''),
  reason_en text NOT NULL CHECK (reason_en <> ''),
  cure_zh text NOT NULL CHECK (cure_zh <> ''),
  cure_en text NOT NULL CHECK (cure_en <> ''),
  opened_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK (order_id IS NOT NULL OR sha256 IS NOT NULL)
);
COMMENT ON TABLE payments.payment_case IS
'What a person must look at: an order, a message of the rail, or both. Append-only. Desk: payments/orders.';
CREATE INDEX payment_case_order ON payments.payment_case (order_id);

CREATE TRIGGER payment_order_append_only BEFORE UPDATE OR DELETE ON payments.payment_order
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER order_event_append_only BEFORE UPDATE OR DELETE ON payments.order_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER message_append_only BEFORE UPDATE OR DELETE ON payments.message
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER received_append_only BEFORE UPDATE OR DELETE ON payments.received
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER answer_append_only BEFORE UPDATE OR DELETE ON payments.answer
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER payment_case_append_only BEFORE UPDATE OR DELETE ON payments.payment_case
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
