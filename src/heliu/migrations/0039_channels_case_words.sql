-- People of the bank work cases: a word on a case waits some seconds before it is sent to the desk
-- the case belongs to, and may be taken back until then; how it ended is told once.
CREATE TABLE channels.case_word (
  id uuid PRIMARY KEY,
  batch uuid NOT NULL,
  queue text NOT NULL CHECK (queue IN ('findings', 'cash', 'warnings', 'collection', 'payments')),
  case_id uuid NOT NULL,
  act text NOT NULL CHECK (act IN ('take', 'close')),
  reason text NOT NULL CHECK (length(reason) <= 500 AND (act = 'take' OR reason <> '')),
  person_id uuid NOT NULL,
  said_at timestamptz NOT NULL,
  sends_at timestamptz NOT NULL CHECK (sends_at >= said_at)
);
COMMENT ON TABLE channels.case_word IS
'What staff said of cases, many at once under one batch, and when it is sent. Append-only. Desk: channels/console.';
CREATE INDEX case_word_case ON channels.case_word (queue, case_id, said_at);
CREATE INDEX case_word_batch ON channels.case_word (batch);
CREATE INDEX case_word_due ON channels.case_word (sends_at);
CREATE TRIGGER case_word_append_only BEFORE UPDATE OR DELETE ON channels.case_word
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE TABLE channels.case_word_end (
  word_id uuid PRIMARY KEY REFERENCES channels.case_word (id),
  how text NOT NULL CHECK (how IN ('sent', 'taken_back', 'refused')),
  reason_zh text,
  reason_en text,
  at timestamptz NOT NULL,
  CHECK ((how = 'refused') = (reason_zh IS NOT NULL AND reason_en IS NOT NULL))
);
COMMENT ON TABLE channels.case_word_end IS
'How a word on a case ended: sent, taken back in time, or refused by its desk and why. Append-only. Desk: channels/console.';
CREATE TRIGGER case_word_end_append_only BEFORE UPDATE OR DELETE ON channels.case_word_end
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
