-- Programmes of core enterprises: immutable versions that loans snapshot.
CREATE SCHEMA credit;

CREATE TABLE credit.programme (
  code text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  effective_from date NOT NULL,
  body jsonb NOT NULL,
  sha256 text NOT NULL CHECK (length(sha256) = 64),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (code, version)
);
COMMENT ON TABLE credit.programme IS 'Programme versions as released: terms, tolerances, limits, suppliers. Append-only. Desk: credit/products.';

CREATE TRIGGER programme_append_only BEFORE UPDATE OR DELETE ON credit.programme
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
