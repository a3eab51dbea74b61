-- Verdicts: every decision with its exact inputs and the text it was made by, so that it can be
-- made again years later. Releases are kept by digest; one name means one text for ever.
CREATE SCHEMA decisions;

CREATE TABLE decisions.release (
  sha256 text PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9-]{2,59}$'),
  body bytea NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  CHECK (sha256 = encode(sha256(body), 'hex'))
);
COMMENT ON TABLE decisions.release IS 'Texts (YAML) that decisions were made by. Append-only. Desk: decisions/verdicts.';

CREATE TABLE decisions.verdict (
  id uuid PRIMARY KEY,
  key uuid NOT NULL UNIQUE,
  subject_id uuid NOT NULL,
  release_sha256 text NOT NULL REFERENCES decisions.release (sha256),
  inputs text NOT NULL,
  inputs_sha256 text NOT NULL,
  outcome text NOT NULL,
  approved boolean NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  currency char(3) NOT NULL,
  score integer NOT NULL,
  grade text NOT NULL,
  decided_at timestamptz NOT NULL,
  decided_by text NOT NULL,
  CHECK (approved = (amount_minor > 0)),
  CHECK (inputs_sha256 = encode(sha256(convert_to(inputs, 'UTF8')), 'hex'))
);
COMMENT ON TABLE decisions.verdict IS
'Answers to requests: canonical JSON of inputs and outcome, minor units. Append-only. Desk: decisions/verdicts.';
CREATE INDEX verdict_subject ON decisions.verdict (subject_id);

CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE ON decisions.release
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER verdict_append_only BEFORE UPDATE OR DELETE ON decisions.verdict
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER release_no_truncate BEFORE TRUNCATE ON decisions.release
FOR EACH STATEMENT EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER verdict_no_truncate BEFORE TRUNCATE ON decisions.verdict
FOR EACH STATEMENT EXECUTE FUNCTION ground.refuse_change();
