-- The instant acts: what may be financed is kept ready, every act is kept with its answer, and the
-- tables on the way between are slimmed so that one batch is a handful of statements.
--
-- Limits: all axes of a reservation always move by the same amount, so one row tells of all of them.
-- It replaces one row per axis and the reservation's own row.
ALTER TABLE credit.limit_line DROP CONSTRAINT limit_line_axis_check;
ALTER TABLE credit.limit_line ADD CONSTRAINT limit_line_axis_check
CHECK (axis IN ('programme', 'obligor', 'group', 'supplier', 'product'));

CREATE TABLE credit.limit_move (
  key uuid PRIMARY KEY,
  reservation_id uuid NOT NULL,
  currency char(3) NOT NULL,
  lines uuid[] NOT NULL CHECK (cardinality(lines) > 0),
  reserved_change bigint NOT NULL,
  utilised_change bigint NOT NULL,
  expires_at timestamptz,
  recorded_at timestamptz NOT NULL,
  CHECK (reserved_change <> 0 OR utilised_change <> 0),
  CHECK (expires_at IS NULL OR (key = reservation_id AND reserved_change > 0))
);
COMMENT ON TABLE credit.limit_move IS
'Every change of a reservation, on all its limit lines at once, minor units; the first has its id as key. Append-only. Desk: credit/limits.';
CREATE INDEX limit_move_reservation ON credit.limit_move (reservation_id);
CREATE INDEX limit_move_expiry ON credit.limit_move (expires_at) WHERE expires_at IS NOT NULL;
CREATE TRIGGER limit_move_append_only BEFORE UPDATE OR DELETE ON credit.limit_move
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

INSERT INTO credit.limit_move
  (key, reservation_id, currency, lines, reserved_change, utilised_change, expires_at, recorded_at)
SELECT e.key, e.reservation_id, r.currency, array_agg(e.line_id ORDER BY e.line_id),
  e.reserved_change, e.utilised_change,
  CASE WHEN e.key = e.reservation_id AND e.reserved_change > 0 THEN r.expires_at END,
  min(e.recorded_at)
FROM credit.limit_event e
JOIN credit.limit_reservation r ON r.id = e.reservation_id
GROUP BY e.key, e.reservation_id, r.currency, r.expires_at, e.reserved_change, e.utilised_change;

ALTER TABLE credit.loan DROP CONSTRAINT loan_reservation_id_fkey;
DROP TABLE credit.limit_event;
DROP TABLE credit.limit_reservation;

-- One command has one verdict and one application has one loan by their derived ids: the primary
-- keys say it already, a second index of the same promise only costs.
ALTER TABLE decisions.verdict DROP CONSTRAINT verdict_key_key;
ALTER TABLE credit.loan DROP CONSTRAINT loan_application_id_key;
ALTER TABLE credit.loan DROP CONSTRAINT loan_reservation_id_key;

-- A disbursal cannot take a loan below nothing: only repayments are looked at.
DROP TRIGGER loan_event_principal ON credit.loan_event;
CREATE CONSTRAINT TRIGGER loan_event_principal AFTER INSERT ON credit.loan_event
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (new.kind = 'repaid') EXECUTE FUNCTION credit.guard_principal();

-- Loans are read in the order in which they were recorded, shortly after.
CREATE INDEX loan_recorded_at ON credit.loan USING brin (recorded_at);

CREATE TABLE credit.receivable (
  id uuid PRIMARY KEY,
  verification_id uuid NOT NULL,
  programme text NOT NULL,
  supplier text NOT NULL,
  buyer text NOT NULL,
  invoice_no text NOT NULL,
  currency char(3) NOT NULL,
  eligible bigint NOT NULL CHECK (eligible >= 0),
  issued_on date,
  due_on date,
  body jsonb NOT NULL,
  verified_on date NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.receivable IS
'A receivable as its youngest verification left it, ready to be financed, minor units. A fold of flows.verification. Desk: credit/applications.';
CREATE INDEX receivable_supplier ON credit.receivable (supplier, recorded_at);
CREATE INDEX receivable_buyer ON credit.receivable (buyer, recorded_at);

CREATE TABLE credit.act (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('credit_decision', 'drawdown', 'payment', 'financing')),
  digest bytea NOT NULL CHECK (length(digest) = 32),
  party text,
  programme text NOT NULL,
  subject_id uuid NOT NULL,
  result_id uuid,
  refused boolean NOT NULL,
  body text NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK (refused OR result_id IS NOT NULL)
);
COMMENT ON TABLE credit.act IS
'Every act asked for, by its command key, with the answer given: the same key gets the same answer. Append-only. Desk: credit/instants.';
CREATE INDEX act_subject ON credit.act (subject_id);
CREATE TRIGGER act_append_only BEFORE UPDATE OR DELETE ON credit.act
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
