-- What comes in is kept byte for byte and read once: the same bytes are the same documents for
-- ever, so a replay finds what is there instead of filing it twice.
CREATE SCHEMA flows;

CREATE TABLE flows.blob (
  sha256 text COLLATE "C" PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint NOT NULL CHECK (size >= 0),
  bytes bytea NOT NULL CHECK (length(bytes) = size),
  received_at timestamptz NOT NULL
);
-- Uncompressed: what is read once and proven by its hash is not worth the time.
ALTER TABLE flows.blob ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE flows.blob IS
'Every distinct content that arrived, byte for byte; may hold personal data. Append-only. Desk: flows/intake.';

CREATE TABLE flows.outcome (
  sha256 text COLLATE "C" PRIMARY KEY REFERENCES flows.blob,
  status text NOT NULL CHECK (status IN ('accepted', 'refused')),
  connector text NOT NULL,
  facts jsonb NOT NULL,
  complaints jsonb NOT NULL CHECK (jsonb_typeof(complaints) = 'array'),
  documents integer NOT NULL CHECK (documents >= 0),
  business_date date NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK (status = 'accepted' OR documents = 0),
  CHECK (status = 'accepted' OR complaints <> '[]'::jsonb)
);
COMMENT ON TABLE flows.outcome IS
'What the first reading of a content understood and complained of, zh and en. Append-only. Desk: flows/intake.';

CREATE TABLE flows.delivery (
  sha256 text COLLATE "C" NOT NULL REFERENCES flows.blob,
  source text NOT NULL,
  file text NOT NULL,
  received_at timestamptz NOT NULL,
  received_by text NOT NULL,
  PRIMARY KEY (sha256, source, file)
);
COMMENT ON TABLE flows.delivery IS
'By which ways in and under which names a content arrived, each once. Append-only. Desk: flows/intake.';

CREATE TABLE flows.document (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  sha256 text COLLATE "C" NOT NULL REFERENCES flows.outcome,
  place text NOT NULL,
  file text NOT NULL,
  source text NOT NULL,
  kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
  flow text NOT NULL CHECK (flow IN ('commercial', 'logistics', 'funds', 'information')),
  number text NOT NULL,
  code text,
  issued_on date,
  seller_tax_id text,
  buyer_tax_id text,
  void boolean NOT NULL,
  body jsonb NOT NULL,
  business_date date NOT NULL,
  received_at timestamptz NOT NULL
);
COMMENT ON TABLE flows.document IS
'Canonical trade documents, in order of filing; id derives from content and place. Append-only. Desk: flows/intake.';
CREATE INDEX document_sha256 ON flows.document (sha256);
CREATE INDEX document_number ON flows.document (number, kind);

CREATE TRIGGER blob_append_only BEFORE UPDATE OR DELETE ON flows.blob
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER outcome_append_only BEFORE UPDATE OR DELETE ON flows.outcome
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER delivery_append_only BEFORE UPDATE OR DELETE ON flows.delivery
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE ON flows.document
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
