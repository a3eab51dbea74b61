-- People at the door: who they are, how each proves it, and what was signed, recovered and guarded.
-- No token, PIN or code is here: sessions and codes are known by their SHA-256, addresses and typed
-- log-ins by a keyed digest, a PIN by Argon2id over a keyed digest.
CREATE TABLE parties.person (
  id uuid PRIMARY KEY,
  login text NOT NULL UNIQUE CHECK (login ~ '^(1[3-9][0-9]{9}|[A-Z][A-Z0-9]{2,15})$'),
  name text NOT NULL CHECK (name <> '' AND length(name) <= 60),
  enrolled_at timestamptz NOT NULL,
  enrolled_by text NOT NULL
);
COMMENT ON TABLE parties.person IS
'People the bank knows, each by one log-in. Append-only. Desk: parties/identity.';

CREATE TABLE parties.person_setting (
  person_id uuid PRIMARY KEY REFERENCES parties.person,
  language text NOT NULL CHECK (language IN ('zh', 'en')),
  edition text NOT NULL CHECK (edition IN ('std', 'care')),
  theme text NOT NULL CHECK (theme IN ('auto', 'light', 'dark')),
  size smallint NOT NULL CHECK (size BETWEEN 0 AND 4)
);
COMMENT ON TABLE parties.person_setting IS
'How a person wants to be served; his own to change. Desk: parties/identity.';

CREATE TABLE parties.membership (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES parties.person,
  role text NOT NULL,
  party_uscc text CHECK (party_uscc ~ '^[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}$'),
  granted_at timestamptz NOT NULL,
  granted_by text NOT NULL,
  CHECK ((party_uscc IS NOT NULL) = (role IN ('supplier', 'enterprise_maker', 'enterprise_checker'))),
  -- Nobody gives himself a role.
  CHECK (granted_by <> 'person:' || person_id)
);
COMMENT ON TABLE parties.membership IS
'As whom a person may come in: a role, of an enterprise or not. Append-only. Desk: parties/identity.';
CREATE INDEX membership_person ON parties.membership (person_id);

CREATE TABLE parties.membership_end (
  membership_id uuid PRIMARY KEY REFERENCES parties.membership,
  ended_at timestamptz NOT NULL,
  ended_by text NOT NULL
);
COMMENT ON TABLE parties.membership_end IS
'When and by whom a membership was ended. Append-only. Desk: parties/identity.';

CREATE TABLE parties.passkey (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES parties.person,
  credential_id bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
  public_key bytea NOT NULL,
  label text NOT NULL CHECK (label <> '' AND length(label) <= 60),
  synced boolean NOT NULL,
  counter bigint NOT NULL CHECK (counter BETWEEN 0 AND 4294967295),
  registered_at timestamptz NOT NULL,
  used_at timestamptz,
  removed_at timestamptz
);
COMMENT ON TABLE parties.passkey IS
'Registered passkeys (WebAuthn): the key never changes, the counter only rises, removal is for good. Desk: parties/identity.';
CREATE INDEX passkey_person ON parties.passkey (person_id);

CREATE TABLE parties.pin (
  person_id uuid PRIMARY KEY REFERENCES parties.person,
  salt bytea NOT NULL CHECK (length(salt) = 16),
  digest bytea NOT NULL CHECK (length(digest) = 32),
  set_at timestamptz NOT NULL
);
COMMENT ON TABLE parties.pin IS
'PINs in force, as Argon2id of a keyed digest; a replaced one is not kept. Desk: parties/identity.';

CREATE TABLE parties.lockout (
  whose text NOT NULL CHECK (whose IN ('login', 'address')),
  subject bytea NOT NULL CHECK (length(subject) = 32),
  failures integer NOT NULL CHECK (failures >= 0),
  last_at timestamptz,
  PRIMARY KEY (whose, subject)
);
COMMENT ON TABLE parties.lockout IS
'Failures in a row by keyed digest of log-in or address, whether the log-in exists or not. Desk: parties/identity.';

CREATE TABLE parties.challenge (
  id uuid PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('register', 'login')),
  challenge bytea NOT NULL CHECK (length(challenge) = 32),
  session_id uuid,
  expires_at timestamptz NOT NULL,
  used_at timestamptz CHECK (used_at < expires_at),
  CHECK ((session_id IS NOT NULL) = (purpose = 'register'))
);
COMMENT ON TABLE parties.challenge IS
'Challenges of passkey ceremonies: used once in time, swept away when expired. Desk: parties/identity.';
CREATE INDEX challenge_expires ON parties.challenge (expires_at);

CREATE TABLE parties.session (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES parties.person,
  membership_id uuid REFERENCES parties.membership,
  device text NOT NULL CHECK (length(device) <= 120),
  demo boolean NOT NULL,
  opened_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL CHECK (seen_at >= opened_at),
  ended_at timestamptz,
  ended_why text CHECK (ended_why IN ('left', 'elsewhere', 'reused')),
  CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
COMMENT ON TABLE parties.session IS
'Log-ins: whose, on which device, when last seen; ended once. Desk: parties/identity.';
CREATE INDEX session_person ON parties.session (person_id, opened_at);

CREATE TABLE parties.session_token (
  digest bytea PRIMARY KEY CHECK (length(digest) = 32),
  session_id uuid NOT NULL REFERENCES parties.session,
  number integer NOT NULL CHECK (number >= 1),
  issued_at timestamptz NOT NULL,
  UNIQUE (session_id, number)
);
COMMENT ON TABLE parties.session_token IS
'Tokens of a session by SHA-256; the highest number is in force. Append-only. Desk: parties/identity.';

CREATE TABLE parties.shown_order (
  id uuid PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES parties.session,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_]*(\.[a-z_]+)*$' AND length(kind) <= 60),
  text_zh text NOT NULL CHECK (text_zh <> ''),
  text_en text NOT NULL CHECK (text_en <> ''),
  payload bytea NOT NULL,
  nonce bytea NOT NULL CHECK (length(nonce) = 32),
  shown_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > shown_at)
);
COMMENT ON TABLE parties.shown_order IS
'Orders as they were shown to be signed; the challenge follows from order and nonce. Append-only. Desk: parties/identity.';
CREATE INDEX shown_order_session ON parties.shown_order (session_id);

CREATE TABLE parties.signed_order (
  order_id uuid PRIMARY KEY REFERENCES parties.shown_order,
  method text NOT NULL CHECK (method IN ('passkey', 'pin')),
  passkey_id uuid REFERENCES parties.passkey,
  signed_at timestamptz NOT NULL,
  CHECK ((passkey_id IS NOT NULL) = (method = 'passkey'))
);
COMMENT ON TABLE parties.signed_order IS
'Which shown orders were signed, each once; the signature itself is a leaf of the evidence log. Append-only. Desk: parties/identity.';

CREATE TABLE parties.recovery (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES parties.person,
  begun_at timestamptz NOT NULL
);
COMMENT ON TABLE parties.recovery IS
'Recoveries asked for by who lost every way in. Append-only. Desk: parties/identity.';
CREATE INDEX recovery_person ON parties.recovery (person_id, begun_at);

CREATE TABLE parties.recovery_step (
  recovery_id uuid NOT NULL REFERENCES parties.recovery,
  step text NOT NULL CHECK (step IN ('cancelled', 'vouched', 'released')),
  done_at timestamptz NOT NULL,
  done_by text NOT NULL,
  PRIMARY KEY (recovery_id, step)
);
COMMENT ON TABLE parties.recovery_step IS
'What was done to a recovery: cancelled, vouched for by staff, released by a second one. Append-only. Desk: parties/identity.';

CREATE TABLE parties.enrolment_code (
  digest bytea PRIMARY KEY CHECK (length(digest) = 32),
  person_id uuid NOT NULL REFERENCES parties.person,
  recovery_id uuid UNIQUE REFERENCES parties.recovery,
  issued_at timestamptz NOT NULL,
  issued_by text NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > issued_at)
);
COMMENT ON TABLE parties.enrolment_code IS
'One-time codes by which a person comes in first, or again after recovery. Append-only. Desk: parties/identity.';
CREATE INDEX enrolment_code_person ON parties.enrolment_code (person_id, issued_at);

CREATE TABLE parties.enrolment_code_use (
  digest bytea PRIMARY KEY REFERENCES parties.enrolment_code,
  used_at timestamptz NOT NULL
);
COMMENT ON TABLE parties.enrolment_code_use IS
'Codes that were used. Append-only. Desk: parties/identity.';

CREATE TABLE parties.guardianship (
  id uuid PRIMARY KEY,
  ward_id uuid NOT NULL REFERENCES parties.person,
  guardian_login text NOT NULL,
  limit_minor bigint NOT NULL CHECK (limit_minor > 0),
  invited_at timestamptz NOT NULL
);
COMMENT ON TABLE parties.guardianship IS
'Who invited whom to guard him, and above which amount in fen both must agree. Append-only. Desk: parties/identity.';
CREATE INDEX guardianship_ward ON parties.guardianship (ward_id);
CREATE INDEX guardianship_guardian ON parties.guardianship (guardian_login);

CREATE TABLE parties.guardianship_step (
  guardianship_id uuid NOT NULL REFERENCES parties.guardianship,
  step text NOT NULL CHECK (step IN ('accepted', 'ended')),
  person_id uuid NOT NULL REFERENCES parties.person,
  done_at timestamptz NOT NULL,
  PRIMARY KEY (guardianship_id, step)
);
COMMENT ON TABLE parties.guardianship_step IS
'When a guardianship was accepted and when either side ended it. Append-only. Desk: parties/identity.';

CREATE TABLE parties.risk_event (
  id uuid PRIMARY KEY,
  ward_id uuid NOT NULL REFERENCES parties.person,
  text_zh text NOT NULL CHECK (text_zh <> ''),
  text_en text NOT NULL CHECK (text_en <> ''),
  happened_at timestamptz NOT NULL
);
COMMENT ON TABLE parties.risk_event IS
'What guardians are told of: sentences without balances. Append-only. Desk: parties/identity.';
CREATE INDEX risk_event_ward ON parties.risk_event (ward_id, happened_at);

CREATE TABLE parties.co_approval (
  id uuid PRIMARY KEY,
  ward_id uuid NOT NULL REFERENCES parties.person,
  kind text NOT NULL,
  text_zh text NOT NULL CHECK (text_zh <> ''),
  text_en text NOT NULL CHECK (text_en <> ''),
  payload bytea NOT NULL,
  asked_at timestamptz NOT NULL,
  UNIQUE (id, ward_id)
);
COMMENT ON TABLE parties.co_approval IS
'Orders of a ward that wait for a guardian. Append-only. Desk: parties/identity.';
CREATE INDEX co_approval_ward ON parties.co_approval (ward_id, asked_at);

CREATE TABLE parties.co_approval_ruling (
  approval_id uuid PRIMARY KEY,
  ward_id uuid NOT NULL,
  guardian_id uuid NOT NULL REFERENCES parties.person,
  approved boolean NOT NULL,
  ruled_at timestamptz NOT NULL,
  FOREIGN KEY (approval_id, ward_id) REFERENCES parties.co_approval (id, ward_id),
  -- Two persons, always.
  CHECK (guardian_id <> ward_id)
);
COMMENT ON TABLE parties.co_approval_ruling IS
'What a guardian answered, once. Append-only. Desk: parties/identity.';

CREATE TABLE parties.security_event (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  happened_at timestamptz NOT NULL,
  happening text NOT NULL,
  person_id uuid REFERENCES parties.person,
  session_id uuid,
  about jsonb NOT NULL
);
COMMENT ON TABLE parties.security_event IS
'What happened at the door: ids and codes only. Append-only. Desk: parties/identity.';
CREATE INDEX security_event_at ON parties.security_event (happened_at DESC, number DESC);
CREATE INDEX security_event_person ON parties.security_event (person_id, happened_at DESC, number DESC);

-- A second guard for what the service promises.
CREATE FUNCTION parties.guard_passkey() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.person_id, NEW.credential_id, NEW.public_key, NEW.label, NEW.synced, NEW.registered_at)
    IS DISTINCT FROM
    (OLD.id, OLD.person_id, OLD.credential_id, OLD.public_key, OLD.label, OLD.synced, OLD.registered_at)
    OR NEW.counter < OLD.counter
    OR OLD.removed_at IS NOT NULL THEN
    RAISE EXCEPTION 'passkey %: it stays what it is, its counter only rises, removal is for good', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER passkey_guard BEFORE UPDATE ON parties.passkey
FOR EACH ROW EXECUTE FUNCTION parties.guard_passkey();

CREATE FUNCTION parties.guard_challenge() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.purpose, NEW.challenge, NEW.session_id, NEW.expires_at)
    IS DISTINCT FROM (OLD.id, OLD.purpose, OLD.challenge, OLD.session_id, OLD.expires_at)
    OR OLD.used_at IS NOT NULL THEN
    RAISE EXCEPTION 'challenge %: it is used once and never changed', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER challenge_guard BEFORE UPDATE ON parties.challenge
FOR EACH ROW EXECUTE FUNCTION parties.guard_challenge();

CREATE FUNCTION parties.guard_session() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.person_id, NEW.device, NEW.demo, NEW.opened_at)
    IS DISTINCT FROM (OLD.id, OLD.person_id, OLD.device, OLD.demo, OLD.opened_at)
    OR NEW.seen_at < OLD.seen_at
    OR OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'session %: it stays whose it is and ends once', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER session_guard BEFORE UPDATE ON parties.session
FOR EACH ROW EXECUTE FUNCTION parties.guard_session();

CREATE FUNCTION parties.guard_recovery() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  asked parties.recovery%ROWTYPE;
BEGIN
  SELECT * INTO asked FROM parties.recovery r WHERE r.id = NEW.recovery_id FOR UPDATE;
  IF NEW.step <> 'cancelled' AND NEW.done_by = 'person:' || asked.person_id THEN
    RAISE EXCEPTION 'recovery %: nobody vouches for himself', asked.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM parties.recovery_step s
    WHERE s.recovery_id = asked.id AND s.step IN ('cancelled', 'released')
  ) THEN
    RAISE EXCEPTION 'recovery %: it is over', asked.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.step = 'released' AND (
    NEW.done_at < asked.begun_at + interval '24 hours'
    OR NOT EXISTS (
      SELECT 1 FROM parties.recovery_step s
      WHERE s.recovery_id = asked.id AND s.step = 'vouched' AND s.done_by <> NEW.done_by
    )
  ) THEN
    RAISE EXCEPTION 'recovery %: a day passes and two of the staff act before it is released', asked.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER recovery_step_guard BEFORE INSERT ON parties.recovery_step
FOR EACH ROW EXECUTE FUNCTION parties.guard_recovery();

CREATE TRIGGER person_append_only BEFORE UPDATE OR DELETE ON parties.person
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER membership_append_only BEFORE UPDATE OR DELETE ON parties.membership
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER membership_end_append_only BEFORE UPDATE OR DELETE ON parties.membership_end
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER session_token_append_only BEFORE UPDATE OR DELETE ON parties.session_token
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER shown_order_append_only BEFORE UPDATE OR DELETE ON parties.shown_order
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER signed_order_append_only BEFORE UPDATE OR DELETE ON parties.signed_order
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER recovery_append_only BEFORE UPDATE OR DELETE ON parties.recovery
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER recovery_step_append_only BEFORE UPDATE OR DELETE ON parties.recovery_step
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER enrolment_code_append_only BEFORE UPDATE OR DELETE ON parties.enrolment_code
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER enrolment_code_use_append_only BEFORE UPDATE OR DELETE ON parties.enrolment_code_use
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER guardianship_append_only BEFORE UPDATE OR DELETE ON parties.guardianship
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER guardianship_step_append_only BEFORE UPDATE OR DELETE ON parties.guardianship_step
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER risk_event_append_only BEFORE UPDATE OR DELETE ON parties.risk_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER co_approval_append_only BEFORE UPDATE OR DELETE ON parties.co_approval
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER co_approval_ruling_append_only BEFORE UPDATE OR DELETE ON parties.co_approval_ruling
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER security_event_append_only BEFORE UPDATE OR DELETE ON parties.security_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
