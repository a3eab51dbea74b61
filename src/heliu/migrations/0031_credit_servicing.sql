-- Servicing of receivable loans after the draw: extension, buy-back under recourse, write-off,
-- recovery and the reversal of a wrong write-off, each an event with the command it came from.
ALTER TABLE credit.loan_event DROP CONSTRAINT loan_event_kind_check;
ALTER TABLE credit.loan_event
ADD COLUMN due_on date,
ADD COLUMN observed_until date,
ADD COLUMN of_no integer,
ADD CONSTRAINT loan_event_kind_check CHECK (kind IN (
  'disbursed', 'repaid', 'diluted', 'extended', 'bought_back', 'written_off', 'recovered',
  'write_off_reversed'
)),
ADD CONSTRAINT loan_event_extended CHECK (
  (kind = 'extended') = (due_on IS NOT NULL) AND (observed_until IS NULL OR kind = 'extended')
  AND due_on > business_date AND observed_until > business_date
),
ADD CONSTRAINT loan_event_undone CHECK (
  (kind = 'write_off_reversed') = (of_no IS NOT NULL) AND of_no < no
);
COMMENT ON COLUMN credit.loan_event.of_no IS 'The write-off that a reversal undoes.';

CREATE TABLE credit.loan_act (
  key uuid PRIMARY KEY,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  loan_id uuid NOT NULL,
  event_no integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('extend', 'buy_back', 'write_off', 'recover', 'reverse_write_off')),
  source text CHECK (source IN ('deposit', 'nostro', 'receipt')),
  cash_id uuid REFERENCES credit.cash (id),
  amount bigint NOT NULL CHECK (amount >= 0),
  reason text NOT NULL CHECK (reason <> ''),
  proposed_by text,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  UNIQUE (loan_id, event_no),
  FOREIGN KEY (loan_id, event_no) REFERENCES credit.loan_event (loan_id, no),
  CHECK ((kind IN ('buy_back', 'recover')) = (source IS NOT NULL)),
  CHECK ((source IS NOT DISTINCT FROM 'receipt') = (cash_id IS NOT NULL)),
  CONSTRAINT loan_act_two_persons CHECK (proposed_by <> recorded_by),
  CONSTRAINT loan_act_proposed CHECK (
    kind NOT IN ('write_off', 'reverse_write_off') OR proposed_by IS NOT NULL
  )
);
COMMENT ON TABLE credit.loan_act IS
'The command an event of servicing came from: by whom, proposed by whom, why, and whose money (minor units) it moved. Append-only. Desk: credit/loans.';
CREATE INDEX loan_act_cash ON credit.loan_act (cash_id) WHERE cash_id IS NOT NULL;
CREATE TRIGGER loan_act_append_only BEFORE UPDATE OR DELETE ON credit.loan_act
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- The last guard of "a receipt in suspense is used once": what acts used is never more than waits.
CREATE FUNCTION credit.guard_cash() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (
    SELECT sum(a.amount)
    FROM credit.loan_act a
    WHERE a.cash_id = NEW.cash_id
  ) > (
    SELECT c.unapplied
    FROM credit.cash c
    WHERE c.id = NEW.cash_id
  ) THEN
    RAISE EXCEPTION 'receipt % would be used beyond what waits of it', NEW.cash_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER loan_act_cash AFTER INSERT ON credit.loan_act
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (new.cash_id IS NOT NULL) EXECUTE FUNCTION credit.guard_cash();

-- The last guards of "no loan is settled beyond its principal, none recovered beyond what was lost,
-- none bought back without recourse".
CREATE OR REPLACE FUNCTION credit.guard_principal() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  open_principal bigint;
  lost bigint;
BEGIN
  SELECT coalesce(sum(CASE
    WHEN e.kind IN ('disbursed', 'write_off_reversed') THEN e.principal
    WHEN e.kind IN ('repaid', 'bought_back', 'written_off') THEN -e.principal
  END), 0), coalesce(sum(CASE e.kind
    WHEN 'written_off' THEN e.principal + e.interest
    WHEN 'recovered' THEN -e.principal - e.interest
    WHEN 'write_off_reversed' THEN -e.principal - e.interest
  END), 0)
  INTO open_principal, lost
  FROM credit.loan_event e
  WHERE e.loan_id = NEW.loan_id;
  IF open_principal < 0 OR lost < 0 THEN
    RAISE EXCEPTION 'loan % would be settled beyond what is open', NEW.loan_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'bought_back' AND EXISTS (
    SELECT 1
    FROM credit.loan l
    WHERE l.id = NEW.loan_id AND l.product ->> 'recourse' = 'none'
  ) THEN
    RAISE EXCEPTION 'loan % is without recourse', NEW.loan_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
DROP TRIGGER loan_event_principal ON credit.loan_event;
CREATE CONSTRAINT TRIGGER loan_event_principal AFTER INSERT ON credit.loan_event
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (
  new.kind IN ('repaid', 'bought_back', 'written_off', 'recovered', 'write_off_reversed')
) EXECUTE FUNCTION credit.guard_principal();

CREATE OR REPLACE VIEW credit.repayment_view AS
SELECT e.loan_id, e.business_date AS paid_on, e.principal + e.interest AS amount
FROM credit.loan_event e
WHERE e.kind IN ('repaid', 'bought_back', 'recovered')
UNION ALL
SELECT c.id, e.effective_on, e.amount
FROM credit.contract_event e
JOIN credit.contract c ON c.no = e.contract_no
WHERE e.kind IN ('repay', 'pay_off', 'recover')
  AND NOT EXISTS (
    SELECT 1
    FROM credit.contract_event r
    WHERE r.contract_no = e.contract_no AND r.kind = 'reverse' AND (r.data ->> 'of')::integer = e.no
  );

CREATE OR REPLACE VIEW credit.live_loan_view AS
SELECT l.id AS loan_id, l.supplier_uscc AS borrower_uscc, l.buyer_uscc, l.currency, s.principal
FROM credit.loan l
JOIN (
  SELECT e.loan_id,
    sum(CASE
      WHEN e.kind IN ('disbursed', 'write_off_reversed') THEN e.principal
      WHEN e.kind IN ('repaid', 'bought_back', 'written_off') THEN -e.principal
      ELSE 0
    END)::bigint AS principal
  FROM credit.loan_event e
  GROUP BY e.loan_id
) s ON s.loan_id = l.id
WHERE s.principal > 0
UNION ALL
SELECT c.id, c.borrower_uscc, c.obligor_uscc, c.currency, t.principal
FROM credit.contract c
JOIN credit.contract_state t ON t.contract_no = c.no
WHERE t.status = 'active' AND t.principal > 0;

-- A receivable loan is extended until a day, a contract by instalments; a wrong write-off of a
-- receivable loan is undone by two persons like everything else that is given up or taken back.
ALTER TABLE credit.collection_proposal DROP CONSTRAINT collection_proposal_remedy_check;
ALTER TABLE credit.collection_proposal DROP CONSTRAINT collection_proposal_check;
ALTER TABLE credit.collection_proposal
ADD COLUMN until date,
ADD CONSTRAINT collection_proposal_remedy_check CHECK (
  remedy IN ('restructure', 'extend', 'write_off', 'recover', 'reverse_write_off')
),
ADD CONSTRAINT collection_proposal_check CHECK (CASE remedy
  WHEN 'restructure' THEN instalments IS NOT NULL AND until IS NULL
  WHEN 'extend' THEN (instalments IS NOT NULL) <> (until IS NOT NULL)
  ELSE instalments IS NULL AND until IS NULL
END);
