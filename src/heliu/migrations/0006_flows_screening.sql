-- One receivable is financed once, whoever asks and however many ask at once: the guard is a unique
-- index, so it holds where every program fails. Refused attempts are kept: they are the warning.
CREATE TABLE flows.uniqueness_claim (
  id uuid PRIMARY KEY,
  holder_id uuid NOT NULL,
  canonical_key uuid NOT NULL,
  fingerprint uuid NOT NULL,
  seller text NOT NULL,
  buyer text NOT NULL,
  code text NOT NULL,
  number text NOT NULL CHECK (number <> ''),
  issued_on date NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  document_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('won', 'taken', 'look_alike')),
  opposed_by uuid REFERENCES flows.uniqueness_claim,
  waiver text CHECK (waiver <> ''),
  claimed_by text NOT NULL,
  claimed_at timestamptz NOT NULL,
  released_at timestamptz,
  CHECK ((status = 'won') = (opposed_by IS NULL)),
  CHECK (released_at IS NULL OR status = 'won')
);
COMMENT ON TABLE flows.uniqueness_claim IS
'Claims on receivables, won and refused; a won one holds until it is released. Minor units. Desk: flows/screening.';

-- The guard itself: one standing claim per receivable, and one per look-alike unless waived.
CREATE UNIQUE INDEX uniqueness_claim_receivable ON flows.uniqueness_claim (canonical_key)
WHERE status = 'won' AND released_at IS NULL;
CREATE UNIQUE INDEX uniqueness_claim_look_alike ON flows.uniqueness_claim (fingerprint)
WHERE status = 'won' AND released_at IS NULL AND waiver IS NULL;
CREATE INDEX uniqueness_claim_fingerprint ON flows.uniqueness_claim (fingerprint);
CREATE INDEX uniqueness_claim_holder ON flows.uniqueness_claim (holder_id);

-- A claim is history; only its release is written afterwards, and only once.
CREATE FUNCTION flows.guard_claim() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'UPDATE' AND old.released_at IS NULL AND new.released_at IS NOT NULL
    AND to_jsonb(old) - 'released_at' = to_jsonb(new) - 'released_at' THEN
    RETURN new;
  END IF;
  RAISE EXCEPTION 'flows.uniqueness_claim keeps its history: a claim can only be released, once'
    USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER uniqueness_claim_history BEFORE UPDATE OR DELETE ON flows.uniqueness_claim
FOR EACH ROW EXECUTE FUNCTION flows.guard_claim();
