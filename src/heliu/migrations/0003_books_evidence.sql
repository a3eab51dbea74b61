-- Evidence log: an RFC 9162 Merkle tree of everything the bank knew and did. Leaves, complete
-- subtrees and heads are only ever added, so a proof once given stays valid.
CREATE SCHEMA IF NOT EXISTS books;

CREATE TABLE books.evidence_leaf (
  position bigint PRIMARY KEY CHECK (position >= 0),
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_]*(\.[a-z_]+)*$'),
  subject_id uuid NOT NULL,
  hash bytea NOT NULL CHECK (hash = sha256('\x00'::bytea || data)),
  data bytea NOT NULL,
  UNIQUE (subject_id, kind)
);
COMMENT ON TABLE books.evidence_leaf IS 'Leaves of the evidence log: canonical JSON and its RFC 9162 leaf hash. Append-only. Desk: books/evidence.';

CREATE TABLE books.evidence_node (
  level smallint NOT NULL CHECK (level BETWEEN 1 AND 62),
  place bigint NOT NULL CHECK (place >= 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (level, place)
);
COMMENT ON TABLE books.evidence_node IS 'Complete subtrees: (level, place) covers leaves [place << level, (place + 1) << level). Append-only. Desk: books/evidence.';

CREATE TABLE books.evidence_head (
  size bigint PRIMARY KEY CHECK (size >= 0),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE books.evidence_head IS 'The root after every batch of leaves; size 0 is the genesis row that appenders queue for. Append-only. Desk: books/evidence.';

INSERT INTO books.evidence_head (size, root)
VALUES (0, sha256(''::bytea));

CREATE TRIGGER evidence_leaf_append_only BEFORE UPDATE OR DELETE ON books.evidence_leaf
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER evidence_node_append_only BEFORE UPDATE OR DELETE ON books.evidence_node
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER evidence_head_append_only BEFORE UPDATE OR DELETE ON books.evidence_head
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER evidence_leaf_no_truncate BEFORE TRUNCATE ON books.evidence_leaf
FOR EACH STATEMENT EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER evidence_node_no_truncate BEFORE TRUNCATE ON books.evidence_node
FOR EACH STATEMENT EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER evidence_head_no_truncate BEFORE TRUNCATE ON books.evidence_head
FOR EACH STATEMENT EXECUTE FUNCTION ground.refuse_change();

-- A head speaks for exactly the leaves that are there: no hole at the end, no head ahead of them.
CREATE FUNCTION books.guard_evidence_head() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size <> (SELECT max(position) + 1 FROM books.evidence_leaf) THEN
    RAISE EXCEPTION 'evidence head % does not cover the leaves', NEW.size
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER evidence_head_guard BEFORE INSERT ON books.evidence_head
FOR EACH ROW EXECUTE FUNCTION books.guard_evidence_head();
