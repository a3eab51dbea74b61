-- What verification found for each receivable on each state of its evidence: kept for ever, since
-- decisions rest on it, and read again to know what a delivery has already supported.
CREATE SCHEMA IF NOT EXISTS flows;

CREATE TABLE flows.verification (
  id uuid PRIMARY KEY,
  no bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  receivable_id uuid NOT NULL,
  seller text NOT NULL,
  buyer text NOT NULL,
  currency char(3) NOT NULL,
  eligible bigint NOT NULL CHECK (eligible >= 0),
  invoiced bigint NOT NULL,
  as_of date NOT NULL,
  documents uuid[] NOT NULL,
  body jsonb NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK (eligible <= greatest(invoiced, 0))
);
COMMENT ON TABLE flows.verification IS 'Eligible amount of a receivable with claims, findings and line matches, minor units. Append-only. Desk: flows/confluence.';
CREATE INDEX verification_receivable ON flows.verification (receivable_id, no);
CREATE INDEX verification_pair ON flows.verification (seller, buyer);

CREATE TRIGGER verification_append_only BEFORE UPDATE OR DELETE ON flows.verification
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE TABLE flows.lived (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  upto_position bigint NOT NULL CHECK (upto_position >= 0),
  lived_on date NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE flows.lived IS 'How far the bank has lived: documents filed up to a position, up to a business day. Append-only. Desk: flows/confluence.';

CREATE TRIGGER lived_append_only BEFORE UPDATE OR DELETE ON flows.lived
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
