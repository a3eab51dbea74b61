-- Core enterprises confirm what they owe by two people, bring tables in columns of their own, and
-- are shown a secret once: what one proposed and another ruled stays for ever.
CREATE TABLE channels.payable_proposal (
  id uuid PRIMARY KEY,
  party_uscc text NOT NULL CHECK (party_uscc <> ''),
  act text NOT NULL CHECK (act IN ('confirm', 'dispute')),
  reason text NOT NULL CHECK (length(reason) <= 400),
  proposed_by uuid NOT NULL,
  proposed_at timestamptz NOT NULL,
  CHECK (act = 'confirm' OR reason <> '')
);
COMMENT ON TABLE channels.payable_proposal IS
'What somebody of a core enterprise proposes to say of its payables. Append-only. Desk: channels/portal.';
CREATE INDEX payable_proposal_party ON channels.payable_proposal (party_uscc, proposed_at);
CREATE TRIGGER payable_proposal_append_only BEFORE UPDATE OR DELETE ON channels.payable_proposal
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE TABLE channels.payable_proposal_item (
  proposal_id uuid NOT NULL REFERENCES channels.payable_proposal,
  receivable_id uuid NOT NULL,
  supplier_uscc text NOT NULL,
  invoice_no text NOT NULL CHECK (invoice_no <> ''),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  amount bigint NOT NULL CHECK (amount > 0),
  due_on date,
  PRIMARY KEY (proposal_id, receivable_id)
);
COMMENT ON TABLE channels.payable_proposal_item IS
'The payables of a proposal, with the amount that would be confirmed. Append-only. Desk: channels/portal.';
CREATE INDEX payable_proposal_item_receivable
ON channels.payable_proposal_item (receivable_id);
CREATE TRIGGER payable_proposal_item_append_only
BEFORE UPDATE OR DELETE ON channels.payable_proposal_item
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE TABLE channels.payable_ruling (
  proposal_id uuid PRIMARY KEY REFERENCES channels.payable_proposal,
  outcome text NOT NULL CHECK (outcome IN ('said', 'returned')),
  reason text NOT NULL CHECK (length(reason) <= 400),
  message bytea,
  ruled_by uuid NOT NULL,
  ruled_at timestamptz NOT NULL,
  CHECK ((outcome = 'said') = (message IS NOT NULL)),
  CHECK (outcome = 'said' OR reason <> '')
);
COMMENT ON TABLE channels.payable_ruling IS
'How the second person ruled on a proposal, and the message that was filed. Append-only. Desk: channels/portal.';
CREATE TRIGGER payable_ruling_append_only BEFORE UPDATE OR DELETE ON channels.payable_ruling
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE FUNCTION channels.guard_ruling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1
    FROM channels.payable_proposal p
    WHERE p.id = NEW.proposal_id AND p.proposed_by = NEW.ruled_by
  ) THEN
    RAISE EXCEPTION 'who proposed % does not rule on it', NEW.proposal_id
    USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payable_ruling_second_person BEFORE INSERT ON channels.payable_ruling
FOR EACH ROW EXECUTE FUNCTION channels.guard_ruling();

CREATE TABLE channels.table_draft (
  id uuid PRIMARY KEY,
  party_uscc text NOT NULL,
  file text NOT NULL CHECK (file <> '' AND length(file) <= 200),
  body bytea NOT NULL,
  until timestamptz NOT NULL
);
COMMENT ON TABLE channels.table_draft IS
'A table somebody is about to bring, while he says which column is what. Desk: channels/portal.';
CREATE INDEX table_draft_until ON channels.table_draft (until);

CREATE TABLE channels.table_mapping (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  party_uscc text NOT NULL,
  columns jsonb NOT NULL CHECK (jsonb_typeof(columns) = 'object'),
  saved_by uuid NOT NULL,
  saved_at timestamptz NOT NULL
);
COMMENT ON TABLE channels.table_mapping IS
'Which of its own columns an enterprise said to be what; the youngest counts. Append-only. Desk: channels/portal.';
CREATE INDEX table_mapping_party ON channels.table_mapping (party_uscc, no);
CREATE TRIGGER table_mapping_append_only BEFORE UPDATE OR DELETE ON channels.table_mapping
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE TABLE channels.secret_shown (
  connection_id text NOT NULL,
  generation integer NOT NULL CHECK (generation >= 1),
  form_key uuid NOT NULL,
  person_id uuid NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (connection_id, generation)
);
COMMENT ON TABLE channels.secret_shown IS
'That the secret of a connection was shown, and for which form: never for another. Append-only. Desk: channels/portal.';
CREATE TRIGGER secret_shown_append_only BEFORE UPDATE OR DELETE ON channels.secret_shown
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
