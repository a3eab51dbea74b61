-- Batch acquisition: a whole supplier list pre-approved in one run. What it was judged by and what
-- came out are kept apart, so that the answer can be made again; a run is sealed by its result.
CREATE TABLE credit.acquisition_run (
  id uuid PRIMARY KEY,
  number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
  programme text NOT NULL,
  version integer NOT NULL,
  business_date date NOT NULL,
  list_sha256 text NOT NULL CHECK (list_sha256 ~ '^[0-9a-f]{64}$'),
  release_name text NOT NULL,
  release_sha256 text NOT NULL REFERENCES decisions.release (sha256),
  profile text NOT NULL,
  take_up text NOT NULL,
  suppliers integer NOT NULL CHECK (suppliers >= 0),
  complaints integer NOT NULL CHECK (complaints >= 0),
  started_at timestamptz NOT NULL,
  started_by text NOT NULL,
  FOREIGN KEY (programme, version) REFERENCES credit.programme_release (code, version)
);
COMMENT ON TABLE credit.acquisition_run IS
'A supplier list as asked: programme version, release, formula, day; one run per list and version. Append-only. Desk: credit/acquisition.';

CREATE TABLE credit.acquisition_input (
  run integer NOT NULL REFERENCES credit.acquisition_run (number),
  part integer NOT NULL CHECK (part >= 0),
  suppliers integer NOT NULL CHECK (suppliers > 0),
  body bytea NOT NULL,
  PRIMARY KEY (run, part)
);
-- Compressed by its own format.
ALTER TABLE credit.acquisition_input ALTER COLUMN body SET STORAGE EXTERNAL;
COMMENT ON TABLE credit.acquisition_input IS
'The columns a run is judged by, in Arrow IPC parts: list, register, warnings; personal data and accounts. Append-only. Desk: credit/acquisition.';

CREATE TABLE credit.acquisition_complaint (
  run integer NOT NULL REFERENCES credit.acquisition_run (number),
  number integer NOT NULL CHECK (number > 0),
  line integer NOT NULL CHECK (line > 0),
  column_name text NOT NULL,
  fault text NOT NULL CHECK (fault IN ('width', 'missing', 'unreadable', 'range', 'uscc', 'twice')),
  other_line integer CHECK (other_line > 0),
  PRIMARY KEY (run, number)
);
COMMENT ON TABLE credit.acquisition_complaint IS
'Lines of a list that were set aside, and why. Append-only. Desk: credit/acquisition.';

CREATE TABLE credit.acquisition_result (
  run integer PRIMARY KEY REFERENCES credit.acquisition_run (number),
  approved integer NOT NULL CHECK (approved >= 0),
  refused integer NOT NULL CHECK (refused >= 0),
  limit_minor numeric(30) NOT NULL CHECK (limit_minor >= 0),
  draw_minor numeric(30) NOT NULL CHECK (draw_minor BETWEEN 0 AND limit_minor),
  currency char(3) NOT NULL,
  grades text[] NOT NULL,
  reasons jsonb NOT NULL CHECK (jsonb_typeof(reasons) = 'array'),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  finished_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.acquisition_result IS
'The seal of a run: totals, what grade and reason numbers mean, and the hash of its rows. Append-only. Desk: credit/acquisition.';

-- Appended in order of rank and read by rank: a block index finds a page of them, where a key's
-- index would cost twice the append. One number, one row: the seal's root proves it.
CREATE TABLE credit.pre_approval (
  run integer NOT NULL,
  rank integer NOT NULL,
  line integer NOT NULL,
  uscc text COLLATE "C" NOT NULL,
  limit_minor bigint NOT NULL,
  draw_minor bigint NOT NULL,
  score smallint NOT NULL,
  grade smallint NOT NULL,
  reason_1 smallint NOT NULL,
  reason_2 smallint NOT NULL,
  reason_3 smallint NOT NULL,
  reason_4 smallint NOT NULL,
  CHECK (draw_minor <= limit_minor)
);
COMMENT ON TABLE credit.pre_approval IS
'One answer a supplier, by expected draw: a limit (minor units) or reasons (numbers of the result''s list). Append-only. Desk: credit/acquisition.';
CREATE INDEX pre_approval_rank ON credit.pre_approval USING brin (run, rank)
WITH (pages_per_range = 16, autosummarize = on);

CREATE TRIGGER acquisition_run_append_only BEFORE UPDATE OR DELETE ON credit.acquisition_run
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER acquisition_input_append_only BEFORE UPDATE OR DELETE ON credit.acquisition_input
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER acquisition_complaint_append_only BEFORE UPDATE OR DELETE ON credit.acquisition_complaint
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER acquisition_result_append_only BEFORE UPDATE OR DELETE ON credit.acquisition_result
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER pre_approval_append_only BEFORE UPDATE OR DELETE ON credit.pre_approval
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- Published by the flows for whoever screens enterprises: about whom business is forbidden, since
-- when. A warning of unknown severity stops.
CREATE INDEX document_warning ON flows.document (issued_on) WHERE kind = 'warning';
CREATE VIEW flows.stop_warning_view AS
SELECT
  d.body -> 'attributes' ->> 'subject' AS uscc,
  d.issued_on AS raised_on
FROM flows.document d
WHERE
  d.kind = 'warning'
  AND coalesce(d.body -> 'attributes' ->> 'severity', '') NOT IN ('info', 'warn');
COMMENT ON VIEW flows.stop_warning_view IS
'Enterprises that a warning forbids business with, and from which day. Desk: flows/intake.';

-- Published by their rooms: who is in the register at all, and the text of a recorded release.
CREATE VIEW parties.registered_view AS
SELECT p.uscc
FROM parties.party p;
COMMENT ON VIEW parties.registered_view IS
'Every enterprise the register knows, by USCC. Desk: parties/party.';

CREATE VIEW decisions.release_view AS
SELECT r.sha256, r.name, r.body
FROM decisions.release r;
COMMENT ON VIEW decisions.release_view IS
'The texts decisions were made by, as recorded. Desk: decisions/verdicts.';
