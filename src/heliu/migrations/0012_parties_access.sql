-- Who may call the bank over the wire. What was granted, renewed and revoked is history: rows are
-- added, never changed. Secrets are not here: each is derived from the master key.
CREATE TABLE parties.connection (
  id text PRIMARY KEY CHECK (id ~ '^hk_[a-z2-7]{26}$'),
  party_uscc text CHECK (party_uscc ~ '^[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}$'),
  name text NOT NULL CHECK (name <> '' AND length(name) <= 100),
  permissions text[] NOT NULL CHECK (cardinality(permissions) > 0),
  issued_at timestamptz NOT NULL,
  expires_at timestamptz CHECK (expires_at > issued_at),
  issued_by text NOT NULL,
  -- Putting terms in force is the bank's alone, whatever the service believes.
  CHECK (party_uscc IS NULL OR NOT permissions @> '{programmes:release}')
);
COMMENT ON TABLE parties.connection IS
'A machine of a party (or, without one, of the bank) that may call, and what it may do. Append-only. Desk: parties/access.';

CREATE TABLE parties.connection_secret (
  connection_id text NOT NULL REFERENCES parties.connection,
  generation integer NOT NULL CHECK (generation >= 1),
  issued_at timestamptz NOT NULL,
  issued_by text NOT NULL,
  PRIMARY KEY (connection_id, generation)
);
COMMENT ON TABLE parties.connection_secret IS
'Generations of a connection''s secret; the highest is in force, the secret itself is derived. Append-only. Desk: parties/access.';

CREATE TABLE parties.connection_end (
  connection_id text PRIMARY KEY REFERENCES parties.connection,
  revoked_at timestamptz NOT NULL,
  revoked_by text NOT NULL
);
COMMENT ON TABLE parties.connection_end IS
'When and by whom a connection was revoked. Append-only. Desk: parties/access.';

CREATE TRIGGER connection_append_only BEFORE UPDATE OR DELETE ON parties.connection
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER connection_secret_append_only BEFORE UPDATE OR DELETE ON parties.connection_secret
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER connection_end_append_only BEFORE UPDATE OR DELETE ON parties.connection_end
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- Groups of connected customers are followed from owner to owned, by code or by registered name.
CREATE INDEX party_relation_other_uscc ON parties.party_relation (other_uscc);
CREATE INDEX party_relation_other_name ON parties.party_relation (other_name);
CREATE INDEX party_version_name ON parties.party_version (name_zh);
