-- Origination: an application's events are the truth, its state is a fold for work lists. What a
-- person has to be asked for (consent), signs with (a key) and signs (a contract) is kept beside it,
-- append-only; a second person agrees to what is large, whatever the program believes.
CREATE TABLE credit.loan_application (
  id uuid PRIMARY KEY,
  key uuid NOT NULL UNIQUE,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  borrower_kind text NOT NULL CHECK (borrower_kind IN ('enterprise', 'person')),
  borrower text COLLATE "C" NOT NULL,
  product_code text NOT NULL,
  product_version integer NOT NULL CHECK (product_version > 0),
  requirements text NOT NULL,
  requirements_sha256 text NOT NULL CHECK (requirements_sha256 ~ '^[0-9a-f]{64}$'),
  currency char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  filed_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE credit.loan_application IS
'Applications for loans as filed: who asks how much on which product version and requirements. Append-only. Desk: credit/origination.';
CREATE INDEX loan_application_borrower ON credit.loan_application (borrower);

CREATE TABLE credit.loan_application_event (
  application uuid NOT NULL REFERENCES credit.loan_application (id),
  no integer NOT NULL CHECK (no > 0),
  key uuid NOT NULL,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
  body jsonb NOT NULL,
  happened_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (application, no),
  UNIQUE (application, key)
);
COMMENT ON TABLE credit.loan_application_event IS
'What happened to an application, in order; its state is their fold. Payee accounts inside. Append-only. Desk: credit/origination.';

CREATE TABLE credit.loan_application_state (
  application uuid PRIMARY KEY REFERENCES credit.loan_application (id),
  stage text NOT NULL CHECK (
    stage IN ('gathering', 'review', 'offered', 'accepted', 'signed', 'completed', 'refused', 'expired', 'withdrawn')
  ),
  errand_at timestamptz,
  stuck boolean NOT NULL,
  offer_ends_on date,
  offer_minor bigint CHECK (offer_minor > 0)
);
COMMENT ON TABLE credit.loan_application_state IS
'Where each application stands and when it may next ask outside: a fold of its events. Desk: credit/origination.';
CREATE INDEX loan_application_errand ON credit.loan_application_state (errand_at)
WHERE errand_at IS NOT NULL;
CREATE INDEX loan_application_ending ON credit.loan_application_state (offer_ends_on)
WHERE stage IN ('offered', 'accepted');

CREATE TABLE credit.loan_contract (
  application uuid PRIMARY KEY REFERENCES credit.loan_application (id),
  template text NOT NULL,
  template_sha256 text NOT NULL CHECK (template_sha256 ~ '^[0-9a-f]{64}$'),
  body text NOT NULL,
  sha256 text NOT NULL CHECK (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
  made_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.loan_contract IS
'The text both sides sign, as filled from a template; names and accounts inside. Append-only. Desk: credit/origination.';

CREATE TABLE credit.loan_document (
  sha256 text COLLATE "C" PRIMARY KEY CHECK (sha256 = encode(sha256(bytes), 'hex')),
  bytes bytea NOT NULL,
  received_at timestamptz NOT NULL,
  received_by text NOT NULL
);
ALTER TABLE credit.loan_document ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE credit.loan_document IS
'Papers handed in for applications, byte for byte; personal data inside. Append-only. Desk: credit/origination.';

CREATE TABLE credit.consent (
  id uuid PRIMARY KEY,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  subject text COLLATE "C" NOT NULL,
  scope text NOT NULL CHECK (scope ~ '^[a-z_]+$'),
  text_sha256 text NOT NULL CHECK (text_sha256 ~ '^[0-9a-f]{64}$'),
  valid_from date NOT NULL,
  valid_to date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  CHECK (valid_from < valid_to)
);
COMMENT ON TABLE credit.consent IS
'Who allowed what, by which text, for [valid_from, valid_to). Append-only. Desk: credit/origination.';
CREATE INDEX consent_subject ON credit.consent (subject, scope);

CREATE TABLE credit.consent_withdrawal (
  consent uuid PRIMARY KEY REFERENCES credit.consent (id),
  withdrawn_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE credit.consent_withdrawal IS
'Consents taken back, from that day on. Append-only. Desk: credit/origination.';

CREATE TABLE credit.signing_key (
  id uuid PRIMARY KEY,
  party text COLLATE "C" NOT NULL,
  public_key bytea NOT NULL CHECK (length(public_key) = 32),
  valid_from date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  UNIQUE (party, public_key)
);
COMMENT ON TABLE credit.signing_key IS
'Public keys (Ed25519) parties sign contracts with; the bank''s own under its name. Append-only. Desk: credit/origination.';

CREATE TABLE credit.signing_key_end (
  signing_key uuid PRIMARY KEY REFERENCES credit.signing_key (id),
  ended_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE credit.signing_key_end IS
'Keys that sign nothing from that day on. Append-only. Desk: credit/origination.';

CREATE FUNCTION credit.guard_application_event() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.no <> (
    SELECT coalesce(max(e.no), 0) + 1
    FROM credit.loan_application_event e
    WHERE e.application = NEW.application
  ) THEN
    RAISE EXCEPTION 'event % of application % leaves a gap', NEW.no, NEW.application
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.kind = 'reviewed' AND EXISTS (
    SELECT 1
    FROM credit.loan_application_event e
    WHERE
      e.application = NEW.application
      AND e.kind IN ('filed', 'decided')
      AND e.recorded_by = NEW.recorded_by
  ) THEN
    RAISE EXCEPTION 'application % is reviewed by who filed or decided it', NEW.application
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER loan_application_event_guard BEFORE INSERT ON credit.loan_application_event
FOR EACH ROW EXECUTE FUNCTION credit.guard_application_event();

CREATE TRIGGER loan_application_append_only BEFORE UPDATE OR DELETE ON credit.loan_application
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER loan_application_event_append_only BEFORE UPDATE OR DELETE ON credit.loan_application_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER loan_contract_append_only BEFORE UPDATE OR DELETE ON credit.loan_contract
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER loan_document_append_only BEFORE UPDATE OR DELETE ON credit.loan_document
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE ON credit.consent
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER consent_withdrawal_append_only BEFORE UPDATE OR DELETE ON credit.consent_withdrawal
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER signing_key_append_only BEFORE UPDATE OR DELETE ON credit.signing_key
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER signing_key_end_append_only BEFORE UPDATE OR DELETE ON credit.signing_key_end
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
