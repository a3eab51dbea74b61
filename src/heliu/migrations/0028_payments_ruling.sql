-- What a rail cannot tell, persons decide: one rules on a payment of unknown or disputed outcome, a
-- second one releases the ruling, and only then money moves. Cases that move none are closed.
CREATE TABLE payments.ruling (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES payments.payment_order (id),
  verdict text NOT NULL CHECK (verdict IN ('settled', 'rejected')),
  because text NOT NULL CHECK (length(because) BETWEEN 10 AND 500),
  proposed_by text NOT NULL,
  proposed_at timestamptz NOT NULL,
  UNIQUE (id, proposed_by)
);
COMMENT ON TABLE payments.ruling IS
'What a person found out of a payment the rail left open, and how. Append-only. Desk: payments/orders.';
CREATE INDEX ruling_order ON payments.ruling (order_id);

CREATE TABLE payments.ruling_release (
  ruling_id uuid PRIMARY KEY,
  proposed_by text NOT NULL,
  released_by text NOT NULL,
  released_at timestamptz NOT NULL,
  FOREIGN KEY (ruling_id, proposed_by) REFERENCES payments.ruling (id, proposed_by),
  CHECK (released_by <> proposed_by)
);
COMMENT ON TABLE payments.ruling_release IS
'The second person who let a ruling count; never who proposed it. Append-only. Desk: payments/orders.';

CREATE TABLE payments.case_closed (
  case_id uuid PRIMARY KEY REFERENCES payments.payment_case (id),
  because text NOT NULL CHECK (length(because) BETWEEN 10 AND 500),
  closed_by text NOT NULL,
  closed_at timestamptz NOT NULL
);
COMMENT ON TABLE payments.case_closed IS
'Cases a person has looked at, and what he found. Append-only. Desk: payments/orders.';

CREATE TRIGGER ruling_append_only BEFORE UPDATE OR DELETE ON payments.ruling
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER ruling_release_append_only BEFORE UPDATE OR DELETE ON payments.ruling_release
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER case_closed_append_only BEFORE UPDATE OR DELETE ON payments.case_closed
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
