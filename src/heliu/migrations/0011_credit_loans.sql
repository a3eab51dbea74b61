-- Applications, loans, payments, cash and cases: loans are immutable, their state is a fold.
CREATE TABLE credit.application (
  id uuid PRIMARY KEY,
  receivable_id uuid NOT NULL,
  verification_id uuid NOT NULL,
  verdict_id uuid NOT NULL,
  programme text NOT NULL,
  programme_version integer NOT NULL,
  supplier_uscc text NOT NULL,
  currency char(3) NOT NULL,
  requested bigint NOT NULL CHECK (requested >= 0),
  approved bigint NOT NULL CHECK (approved BETWEEN 0 AND requested),
  annual_rate numeric CHECK (annual_rate >= 0),
  decided_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK ((approved = 0) = (annual_rate IS NULL)),
  FOREIGN KEY (programme, programme_version) REFERENCES credit.programme (code, version)
);
COMMENT ON TABLE credit.application IS 'A receivable asked for money and a verdict answered, minor units. Append-only. Desk: credit/applications.';
CREATE INDEX application_receivable ON credit.application (receivable_id);

CREATE TABLE credit.refused_draw (
  application_id uuid PRIMARY KEY REFERENCES credit.application (id),
  code text NOT NULL,
  reason_zh text NOT NULL,
  reason_en text NOT NULL,
  cure_zh text NOT NULL,
  cure_en text NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.refused_draw IS 'Why an approved application could not draw: no limit, claimed elsewhere. Append-only. Desk: credit/loans.';

CREATE TABLE credit.loan (
  id uuid PRIMARY KEY,
  receivable_id uuid NOT NULL UNIQUE,
  invoice_no text NOT NULL,
  application_id uuid NOT NULL UNIQUE REFERENCES credit.application (id),
  reservation_id uuid NOT NULL UNIQUE REFERENCES credit.limit_reservation (id),
  programme text NOT NULL,
  programme_version integer NOT NULL,
  product jsonb NOT NULL,
  supplier_uscc text NOT NULL,
  buyer_uscc text NOT NULL,
  currency char(3) NOT NULL,
  principal bigint NOT NULL CHECK (principal > 0),
  discount bigint NOT NULL CHECK (discount >= 0 AND discount < principal),
  claim bigint NOT NULL CHECK (claim >= principal),
  opened_on date NOT NULL,
  due_on date NOT NULL CHECK (due_on > opened_on),
  recorded_at timestamptz NOT NULL,
  FOREIGN KEY (programme, programme_version) REFERENCES credit.programme (code, version)
);
COMMENT ON TABLE credit.loan IS 'A loan on one receivable with its product version snapshotted, minor units; one receivable, one loan. Append-only. Desk: credit/loans.';

CREATE TABLE credit.loan_event (
  loan_id uuid NOT NULL REFERENCES credit.loan (id),
  no integer NOT NULL CHECK (no > 0),
  kind text NOT NULL CHECK (kind IN ('disbursed', 'repaid', 'diluted')),
  business_date date NOT NULL,
  principal bigint NOT NULL CHECK (principal >= 0),
  interest bigint NOT NULL CHECK (interest >= 0),
  claim_change bigint NOT NULL CHECK (claim_change <= 0),
  cause_id uuid NOT NULL,
  transfers uuid[] NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (loan_id, no),
  UNIQUE (loan_id, kind, cause_id)
);
COMMENT ON TABLE credit.loan_event IS 'What happened to a loan, with the keys of its journal transfers. Append-only. Desk: credit/loans.';

CREATE TABLE credit.payment (
  id uuid PRIMARY KEY,
  loan_id uuid NOT NULL REFERENCES credit.loan (id),
  kind text NOT NULL CHECK (kind IN ('proceeds', 'residual')),
  payee_uscc text NOT NULL,
  currency char(3) NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  transfer uuid NOT NULL UNIQUE,
  paid_on date NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.payment IS 'Money paid to a supplier''s account on our ledger, minor units. Append-only. Desk: credit/loans.';
CREATE INDEX payment_loan ON credit.payment (loan_id);

CREATE TABLE credit.cash (
  id uuid PRIMARY KEY,
  document_id uuid NOT NULL,
  currency char(3) NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  unapplied bigint NOT NULL CHECK (unapplied BETWEEN 0 AND amount),
  booked_on date NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.cash IS 'Cash that arrived on the collection account, by bank message, and what of it waits in suspense. Append-only. Desk: credit/loans.';

CREATE TABLE credit.servicing_case (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN (
    'short_payment', 'late_payment', 'overpayment', 'wrong_payer', 'unidentified', 'dilution'
  )),
  loan_id uuid REFERENCES credit.loan (id),
  document_id uuid NOT NULL,
  currency char(3) NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  opened_on date NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.servicing_case IS 'What a person must look at: short, late, over-, mis- and unidentified payments, dilution. Append-only. Desk: credit/loans.';

CREATE TRIGGER application_append_only BEFORE UPDATE OR DELETE ON credit.application
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER refused_draw_append_only BEFORE UPDATE OR DELETE ON credit.refused_draw
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER loan_append_only BEFORE UPDATE OR DELETE ON credit.loan
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER loan_event_append_only BEFORE UPDATE OR DELETE ON credit.loan_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER payment_append_only BEFORE UPDATE OR DELETE ON credit.payment
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER cash_append_only BEFORE UPDATE OR DELETE ON credit.cash
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER servicing_case_append_only BEFORE UPDATE OR DELETE ON credit.servicing_case
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- The last guard of "no loan is repaid beyond its principal".
CREATE FUNCTION credit.guard_principal() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  open_principal bigint;
BEGIN
  SELECT coalesce(sum(CASE kind WHEN 'disbursed' THEN principal WHEN 'repaid' THEN -principal END), 0)
  INTO open_principal
  FROM credit.loan_event
  WHERE loan_id = NEW.loan_id;
  IF open_principal < 0 THEN
    RAISE EXCEPTION 'loan % would be repaid beyond its principal', NEW.loan_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER loan_event_principal AFTER INSERT ON credit.loan_event
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION credit.guard_principal();
