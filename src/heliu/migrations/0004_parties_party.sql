-- Enterprises by unified social credit code, as versions of what was said of them: a check on a
-- trade must be repeatable with what was known on its day, so nothing here is ever overwritten.
CREATE SCHEMA parties;

CREATE TABLE parties.party (
  uscc text PRIMARY KEY CHECK (uscc ~ '^[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}$'),
  first_recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE parties.party IS
'Identity of an enterprise (GB 32100), locked by who records a version. Append-only. Desk: parties/party.';

CREATE TABLE parties.party_version (
  uscc text NOT NULL REFERENCES parties.party,
  version integer NOT NULL CHECK (version >= 1),
  name_zh text NOT NULL CHECK (name_zh <> ''),
  name_en text,
  status text NOT NULL CHECK (status IN ('active', 'revoked', 'deregistered')),
  roles text[] NOT NULL,
  legal_representative text,
  phone text,
  address text,
  registered_on date,
  effective_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (uscc, version)
);
COMMENT ON TABLE parties.party_version IS
'An enterprise from effective_on, as known since recorded_at; personal data. Append-only. Desk: parties/party.';

CREATE TABLE parties.party_account (
  uscc text NOT NULL,
  version integer NOT NULL,
  position smallint NOT NULL,
  account text NOT NULL CHECK (account <> ''),
  bank text,
  PRIMARY KEY (uscc, version, position),
  UNIQUE (uscc, version, account),
  FOREIGN KEY (uscc, version) REFERENCES parties.party_version
);
COMMENT ON TABLE parties.party_account IS
'Bank accounts of one version of an enterprise. Append-only. Desk: parties/party.';

CREATE TABLE parties.party_relation (
  uscc text NOT NULL,
  version integer NOT NULL,
  position smallint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('shareholder', 'guarantor')),
  other_name text NOT NULL,
  other_uscc text,
  share numeric CHECK (share > 0 AND share <= 1),
  PRIMARY KEY (uscc, version, position),
  FOREIGN KEY (uscc, version) REFERENCES parties.party_version,
  CHECK ((kind = 'shareholder') = (share IS NOT NULL)),
  CHECK (other_name <> '' OR other_uscc IS NOT NULL)
);
COMMENT ON TABLE parties.party_relation IS
'Shareholders and guarantors of one version of an enterprise; personal data. Append-only. Desk: parties/party.';

CREATE TRIGGER party_append_only BEFORE UPDATE OR DELETE ON parties.party
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER party_version_append_only BEFORE UPDATE OR DELETE ON parties.party_version
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER party_account_append_only BEFORE UPDATE OR DELETE ON parties.party_account
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER party_relation_append_only BEFORE UPDATE OR DELETE ON parties.party_relation
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
