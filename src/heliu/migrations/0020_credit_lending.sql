-- The loan book on the loan engine: loan products as data, contracts, their events (the truth), the
-- plan and the state as folds of them, and the sub-ledger that the journal is booked from.
INSERT INTO books.account_type (code, zh, en, class, normal_side) VALUES
('factored_receivable', '应收保理款', 'Receivables bought', 'asset', 'debit'),
('penalty_receivable', '应收罚息', 'Penalty interest receivable', 'asset', 'debit'),
('compound_receivable', '应收复利', 'Compound interest receivable', 'asset', 'debit'),
('fee_receivable', '应收手续费', 'Fees receivable', 'asset', 'debit'),
('penalty_income', '罚息和复利收入', 'Penalty and compound interest income', 'income', 'credit'),
('margin_deposit', '存入保证金', 'Margin deposits', 'liability', 'credit');

CREATE TABLE credit.loan_product (
  no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  effective_from date NOT NULL,
  body jsonb NOT NULL,
  sha256 char(64) NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  UNIQUE (code, version)
);
COMMENT ON TABLE credit.loan_product IS
'Loan product versions as proposed: eligibility, stages, terms, postings; recorded_by proposed it. Append-only. Desk: credit/products.';
CREATE TRIGGER loan_product_append_only BEFORE UPDATE OR DELETE ON credit.loan_product
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE TABLE credit.loan_product_release (
  product_no integer PRIMARY KEY REFERENCES credit.loan_product (no),
  released_at timestamptz NOT NULL,
  released_by text NOT NULL
);
COMMENT ON TABLE credit.loan_product_release IS
'Who let a loan product version count, and when; never who proposed it. Append-only. Desk: credit/products.';
CREATE TRIGGER loan_product_release_append_only BEFORE UPDATE OR DELETE ON credit.loan_product_release
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE FUNCTION credit.guard_loan_product_release() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.released_by = (
    SELECT p.recorded_by
    FROM credit.loan_product p
    WHERE p.no = NEW.product_no
  ) THEN
    RAISE EXCEPTION 'loan product % is released by who proposed it', NEW.product_no
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER loan_product_release_guard BEFORE INSERT ON credit.loan_product_release
FOR EACH ROW EXECUTE FUNCTION credit.guard_loan_product_release();

-- `no` is the loan's number in fixed-width reads (end of day) and the key of all its rows.
CREATE TABLE credit.contract (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  product_no integer NOT NULL REFERENCES credit.loan_product (no),
  borrower_uscc text NOT NULL,
  obligor_uscc text,
  programme text,
  limit_lines jsonb NOT NULL,
  currency char(3) NOT NULL,
  principal bigint NOT NULL CHECK (principal > 0),
  annual_rate numeric NOT NULL CHECK (annual_rate >= 0),
  opened_on date NOT NULL,
  matures_on date NOT NULL CHECK (matures_on > opened_on),
  terms jsonb NOT NULL,
  inputs jsonb NOT NULL,
  shard smallint NOT NULL DEFAULT 0 CHECK (shard >= 0),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE credit.contract IS
'A loan agreed on a product version, its terms snapshotted, minor units. Append-only. Desk: credit/lending.';
CREATE INDEX contract_borrower ON credit.contract (borrower_uscc);
CREATE INDEX contract_obligor ON credit.contract (obligor_uscc) WHERE obligor_uscc IS NOT NULL;

CREATE TABLE credit.contract_event (
  contract_no bigint NOT NULL REFERENCES credit.contract (no),
  no integer NOT NULL CHECK (no > 0),
  id uuid NOT NULL UNIQUE,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
  effective_on date NOT NULL,
  recorded_on date NOT NULL,
  amount bigint CHECK (amount >= 0),
  data jsonb NOT NULL,
  funds text NOT NULL CHECK (funds IN ('deposit', 'nostro')),
  exposure_change bigint NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (contract_no, no)
);
COMMENT ON TABLE credit.contract_event IS
'What happened to a contract, in order of recording: the truth all else is folded from; id is the command''s key. Append-only. Desk: credit/lending.';
CREATE INDEX contract_event_day ON credit.contract_event (recorded_on, contract_no);

CREATE TABLE credit.contract_stage (
  contract_no bigint NOT NULL REFERENCES credit.contract (no),
  no integer NOT NULL CHECK (no > 0),
  id uuid NOT NULL UNIQUE,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  stage text NOT NULL,
  base_value bigint CHECK (base_value >= 0),
  evidence jsonb NOT NULL,
  entered_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (contract_no, no)
);
COMMENT ON TABLE credit.contract_stage IS
'Stages a contract''s papers went through, with their base value and documents. Append-only. Desk: credit/lending.';

CREATE TABLE credit.contract_state (
  contract_no bigint PRIMARY KEY REFERENCES credit.contract (no),
  status text NOT NULL CHECK (status IN ('pending', 'active', 'closed', 'overpaid', 'written_off')),
  events integer NOT NULL CHECK (events >= 0),
  last_effective_on date,
  principal bigint NOT NULL CHECK (principal >= 0),
  overpaid bigint NOT NULL CHECK (overpaid >= 0),
  booked jsonb NOT NULL
);
COMMENT ON TABLE credit.contract_state IS
'The fold of a contract''s events: status, open principal, what is booked by part code. Desk: credit/lending.';

CREATE TABLE credit.instalment (
  contract_no bigint NOT NULL REFERENCES credit.contract (no),
  number integer NOT NULL CHECK (number >= 0),
  from_date date NOT NULL,
  due_date date NOT NULL CHECK (due_date >= from_date),
  principal bigint NOT NULL CHECK (principal >= 0),
  interest bigint NOT NULL CHECK (interest >= 0),
  fees bigint NOT NULL CHECK (fees >= 0),
  penalties bigint NOT NULL CHECK (penalties >= 0),
  principal_paid bigint NOT NULL CHECK (principal_paid BETWEEN 0 AND principal),
  interest_paid bigint NOT NULL CHECK (interest_paid BETWEEN 0 AND interest),
  fees_paid bigint NOT NULL CHECK (fees_paid BETWEEN 0 AND fees),
  penalties_paid bigint NOT NULL CHECK (penalties_paid BETWEEN 0 AND penalties),
  settled_on date,
  earned bigint NOT NULL DEFAULT 0 CHECK (earned >= 0),
  earned_on date,
  prepaid boolean NOT NULL DEFAULT FALSE,
  PRIMARY KEY (contract_no, number)
);
COMMENT ON TABLE credit.instalment IS
'The current plan of a contract, minor units: a fold, replaced when an event changes it. Desk: credit/lending.';
CREATE INDEX instalment_due ON credit.instalment (due_date, contract_no);

CREATE TABLE credit.subledger_entry (
  contract_no bigint NOT NULL,
  event_no integer NOT NULL,
  line smallint NOT NULL CHECK (line > 0),
  business_date date NOT NULL,
  code smallint NOT NULL CHECK (code BETWEEN 201 AND 299),
  debit_role text NOT NULL,
  credit_role text NOT NULL,
  debit_account bigint NOT NULL,
  credit_account bigint NOT NULL CHECK (credit_account <> debit_account),
  amount bigint NOT NULL CHECK (amount > 0),
  backwards boolean NOT NULL,
  transfer uuid NOT NULL UNIQUE,
  PRIMARY KEY (contract_no, event_no, line),
  FOREIGN KEY (contract_no, event_no) REFERENCES credit.contract_event (contract_no, no)
);
COMMENT ON TABLE credit.subledger_entry IS
'What an act booked of a contract, both sides of a transfer in one row, minor units; backwards: the part shrank. Append-only. Desk: credit/lending.';
CREATE INDEX subledger_entry_day ON credit.subledger_entry (business_date, contract_no);

CREATE TRIGGER contract_append_only BEFORE UPDATE OR DELETE ON credit.contract
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER contract_event_append_only BEFORE UPDATE OR DELETE ON credit.contract_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER contract_stage_append_only BEFORE UPDATE OR DELETE ON credit.contract_stage
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER subledger_entry_append_only BEFORE UPDATE OR DELETE ON credit.subledger_entry
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
