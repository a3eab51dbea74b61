-- People of the bank look at today and export what they see: the youngest rows are found without a
-- scan, and a large export waits, made by a job, until it is fetched.
CREATE INDEX receivable_newest ON credit.receivable (verified_on DESC, id DESC);
CREATE INDEX verdict_newest ON decisions.verdict (decided_at DESC, id DESC);
CREATE INDEX document_received ON flows.document USING brin (received_at);
CREATE INDEX act_recorded ON credit.act USING brin (recorded_at);
CREATE INDEX payment_paid_on ON credit.payment USING brin (paid_on);
CREATE INDEX loan_event_date ON credit.loan_event USING brin (business_date);

CREATE TABLE channels.export (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  kind text NOT NULL CHECK (kind IN ('csv', 'parquet', 'xlsx')),
  body bytea NOT NULL,
  until timestamptz NOT NULL
);
COMMENT ON TABLE channels.export IS
'Exports a job made, for the person who asked, for a day. Desk: channels/console.';
CREATE INDEX export_until ON channels.export (until);
