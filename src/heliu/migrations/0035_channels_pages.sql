-- People come to the door: a form is acted on once however often it is sent, what was typed when a
-- session had ended waits for its person, and long work has steps that survive a reload.
CREATE TABLE channels.page_act (
  key uuid PRIMARY KEY,
  session_id uuid NOT NULL,
  path text NOT NULL CHECK (path ~ '^/' AND length(path) <= 2000),
  location text NOT NULL CHECK (location ~ '^/' AND length(location) <= 2000),
  at timestamptz NOT NULL
);
COMMENT ON TABLE channels.page_act IS
'Forms that were acted on, by the key each was shown with, and where they led. Append-only. Desk: channels/pages.';
CREATE TRIGGER page_act_append_only BEFORE UPDATE OR DELETE ON channels.page_act
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE TABLE channels.parked_form (
  id uuid PRIMARY KEY,
  path text NOT NULL CHECK (path ~ '^/' AND length(path) <= 2000),
  fields jsonb NOT NULL CHECK (jsonb_typeof(fields) = 'object'),
  until timestamptz NOT NULL
);
COMMENT ON TABLE channels.parked_form IS
'What was typed into a form that could not be acted on yet, for minutes; never a secret or a file. Desk: channels/pages.';
CREATE INDEX parked_form_until ON channels.parked_form (until);

CREATE TABLE channels.job (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
  person_id uuid NOT NULL,
  party_uscc text,
  asked jsonb NOT NULL,
  title_zh text NOT NULL CHECK (title_zh <> ''),
  title_en text NOT NULL CHECK (title_en <> ''),
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  step smallint NOT NULL CHECK (step >= 0),
  done bigint NOT NULL CHECK (done >= 0),
  total bigint CHECK (total >= done),
  result text CHECK (result ~ '^/'),
  reason_zh text,
  reason_en text,
  asked_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL CHECK (changed_at >= asked_at),
  CHECK ((state = 'failed') = (reason_zh IS NOT NULL AND reason_en IS NOT NULL)),
  CHECK (result IS NULL OR state = 'done')
);
COMMENT ON TABLE channels.job IS
'Long work somebody asked for on a page: its step, how far it is, where its result is. Desk: channels/pages.';
CREATE INDEX job_open ON channels.job (asked_at) WHERE state IN ('waiting', 'running');
CREATE INDEX job_person ON channels.job (person_id, asked_at DESC);
