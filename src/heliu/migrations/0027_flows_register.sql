-- Whole invoice registers (hundreds of thousands of rows) are kept as rows, not as documents: they
-- are looked through, never financed one by one. The same file is kept once; which
-- rows repeat earlier ones is found when it is asked.
CREATE TABLE flows.invoice_table (
  sha256 text COLLATE "C" PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  file text NOT NULL,
  mapping text NOT NULL,
  currency char(3) NOT NULL,
  rows integer NOT NULL CHECK (rows >= 0),
  kept integer NOT NULL CHECK (kept BETWEEN 0 AND rows),
  complaints jsonb NOT NULL CHECK (jsonb_typeof(complaints) = 'array'),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE flows.invoice_table IS
'Invoice registers taken in whole, each content once, with what was wrong in it. Append-only. Desk: flows/commercial.';

CREATE TABLE flows.invoice_row (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sha256 text COLLATE "C" NOT NULL REFERENCES flows.invoice_table,
  line bigint NOT NULL CHECK (line >= 0),
  firm text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('in', 'out')),
  invoice_no text NOT NULL,
  counterparty text NOT NULL,
  issued_on date NOT NULL,
  amount bigint,
  tax bigint,
  total bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('valid', 'void')),
  UNIQUE (sha256, line)
);
COMMENT ON TABLE flows.invoice_row IS
'Rows of invoice registers, minor units. Append-only. Desk: flows/commercial.';

CREATE TRIGGER invoice_table_append_only BEFORE UPDATE OR DELETE ON flows.invoice_table
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER invoice_row_append_only BEFORE UPDATE OR DELETE ON flows.invoice_row
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
