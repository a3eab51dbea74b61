-- What a contract still lacked beside draws and repayments: money that goes back to where it came from,
-- a contract that ends before anything was drawn, and a borrower's own limit that two persons set.
-- Views publish what the end of day asks of the loan book.
CREATE TABLE credit.repayment_source (
  event_id uuid PRIMARY KEY REFERENCES credit.contract_event (id),
  name text NOT NULL CHECK (name <> ''),
  account text NOT NULL CHECK (account <> ''),
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.repayment_source IS
'The outside account a repayment came from, as the bank''s entry named it: what is overpaid goes back there. Append-only. Desk: credit/lending.';

CREATE TABLE credit.contract_end (
  contract_no bigint PRIMARY KEY REFERENCES credit.contract (no),
  id uuid NOT NULL UNIQUE,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  because text NOT NULL CHECK (length(because) BETWEEN 2 AND 500),
  ended_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE credit.contract_end IS
'Contracts cancelled before anything was drawn, and why; id is the command''s key. Append-only. Desk: credit/lending.';

ALTER TABLE credit.contract_state DROP CONSTRAINT contract_state_status_check;
ALTER TABLE credit.contract_state ADD CONSTRAINT contract_state_status_check
CHECK (status IN ('pending', 'active', 'closed', 'overpaid', 'written_off', 'cancelled'));
ALTER TABLE credit.contract_state ADD CONSTRAINT contract_state_cancelled_check
CHECK (status <> 'cancelled' OR (principal = 0 AND overpaid = 0 AND booked = '{}'::jsonb));

-- The last guard of "a cancelled contract is never drawn": every act moves the fold.
CREATE FUNCTION credit.guard_cancelled() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'contract % is cancelled', OLD.contract_no
    USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER contract_state_cancelled BEFORE UPDATE OR DELETE ON credit.contract_state
FOR EACH ROW WHEN (old.status = 'cancelled') EXECUTE FUNCTION credit.guard_cancelled();

CREATE TABLE credit.limit_proposal (
  id uuid PRIMARY KEY,
  place integer GENERATED ALWAYS AS IDENTITY,
  borrower_uscc text NOT NULL CHECK (borrower_uscc <> ''),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  amount bigint NOT NULL CHECK (amount >= 0),
  because text NOT NULL CHECK (length(because) BETWEEN 2 AND 500),
  proposed_by text NOT NULL,
  proposed_at timestamptz NOT NULL,
  UNIQUE (id, proposed_by)
);
COMMENT ON TABLE credit.limit_proposal IS
'What a borrower may owe, as one person proposes it, minor units; it counts once released. Append-only. Desk: credit/limits.';
CREATE INDEX limit_proposal_borrower ON credit.limit_proposal (borrower_uscc, currency);

CREATE TABLE credit.limit_release (
  proposal_id uuid PRIMARY KEY,
  proposed_by text NOT NULL,
  released_by text NOT NULL,
  released_at timestamptz NOT NULL,
  FOREIGN KEY (proposal_id, proposed_by) REFERENCES credit.limit_proposal (id, proposed_by),
  CHECK (released_by <> proposed_by)
);
COMMENT ON TABLE credit.limit_release IS
'The second person who let a borrower''s limit count; never who proposed it. Append-only. Desk: credit/limits.';

CREATE VIEW credit.contract_act_view AS
SELECT e.contract_no, e.no, e.kind, e.effective_on, e.recorded_on, e.amount, e.exposure_change
FROM credit.contract_event e;
COMMENT ON VIEW credit.contract_act_view IS
'Acts on contracts by the business date they were recorded on, minor units. Desk: credit/lending.';

CREATE VIEW credit.contract_period_view AS
SELECT i.contract_no, i.number, i.from_date, i.due_date, i.principal, i.principal_paid, i.interest,
  i.interest_paid, i.prepaid
FROM credit.instalment i;
COMMENT ON VIEW credit.contract_period_view IS
'Periods of the current plan of every contract, minor units. Desk: credit/lending.';

CREATE VIEW credit.contract_view AS
SELECT c.no, c.id, c.product_no, c.borrower_uscc, c.obligor_uscc, c.currency, c.principal,
  c.annual_rate, c.opened_on, c.matures_on, s.status
FROM credit.contract c
JOIN credit.contract_state s ON s.contract_no = c.no;
COMMENT ON VIEW credit.contract_view IS
'What was agreed with whom, minor units, and the stage of each contract''s life. Desk: credit/lending.';

CREATE TRIGGER repayment_source_append_only BEFORE UPDATE OR DELETE ON credit.repayment_source
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER contract_end_append_only BEFORE UPDATE OR DELETE ON credit.contract_end
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER limit_proposal_append_only BEFORE UPDATE OR DELETE ON credit.limit_proposal
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER limit_release_append_only BEFORE UPDATE OR DELETE ON credit.limit_release
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
