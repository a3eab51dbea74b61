-- Facts travel on to the partners who may know them: endpoints, deliveries and every attempt. And
-- the outbox is made safe to read by position: see the trigger on ground.fact.
CREATE SCHEMA channels;

CREATE TABLE channels.webhook_endpoint (
  id uuid PRIMARY KEY,
  connection_id text NOT NULL,
  url text NOT NULL CHECK (url ~ '^https?://' AND length(url) <= 2000),
  kinds text[] NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL
);
COMMENT ON TABLE channels.webhook_endpoint IS
'Where a connection wants which kinds of facts (none named: all). Append-only. Desk: channels/webhooks.';

CREATE TABLE channels.webhook_removal (
  endpoint_id uuid PRIMARY KEY REFERENCES channels.webhook_endpoint,
  removed_at timestamptz NOT NULL,
  removed_by text NOT NULL
);
COMMENT ON TABLE channels.webhook_removal IS
'Endpoints that are no more, by their owner or because they answered 410 Gone. Append-only. Desk: channels/webhooks.';

CREATE TABLE channels.webhook_delivery (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  endpoint_id uuid NOT NULL REFERENCES channels.webhook_endpoint,
  fact_id uuid,
  kind text NOT NULL,
  payload text NOT NULL,
  state text NOT NULL CHECK (state IN ('due', 'delivered', 'dead')),
  attempts integer NOT NULL CHECK (attempts >= 0),
  tries integer NOT NULL CHECK (tries >= 0 AND tries <= attempts),
  next_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE channels.webhook_delivery IS
'What is or was to be sent to an endpoint: the fold of its attempts; tries since it last became due. Desk: channels/webhooks.';
CREATE INDEX webhook_delivery_due ON channels.webhook_delivery (endpoint_id, next_at, number)
WHERE state = 'due';
CREATE INDEX webhook_delivery_endpoint ON channels.webhook_delivery (endpoint_id, number);

CREATE TABLE channels.webhook_attempt (
  delivery_id uuid NOT NULL REFERENCES channels.webhook_delivery (id),
  attempt integer NOT NULL CHECK (attempt >= 1),
  sent_at timestamptz NOT NULL,
  took_ms integer NOT NULL CHECK (took_ms >= 0),
  status smallint CHECK (status BETWEEN 100 AND 999),
  fault text,
  PRIMARY KEY (delivery_id, attempt),
  CHECK ((status IS NULL) = (fault IS NOT NULL))
);
COMMENT ON TABLE channels.webhook_attempt IS
'Every attempt: the status that was answered, or why there was no answer. Append-only. Desk: channels/webhooks.';

CREATE TABLE channels.webhook_cursor (
  singleton boolean PRIMARY KEY DEFAULT TRUE CHECK (singleton),
  position bigint NOT NULL CHECK (position >= 0)
);
COMMENT ON TABLE channels.webhook_cursor IS
'Up to which position of the outbox every fact became deliveries; only rises. Desk: channels/webhooks.';
-- History before the first endpoint is not sent to anybody.
INSERT INTO channels.webhook_cursor (position)
SELECT coalesce(max(position), 0) FROM ground.fact;

-- What was to be sent stays what it was, and the cursor never goes back.
CREATE FUNCTION channels.guard_delivery() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.number, NEW.id, NEW.endpoint_id, NEW.fact_id, NEW.kind, NEW.payload, NEW.created_at)
    IS DISTINCT FROM
    (OLD.number, OLD.id, OLD.endpoint_id, OLD.fact_id, OLD.kind, OLD.payload, OLD.created_at)
    OR NEW.attempts < OLD.attempts THEN
    RAISE EXCEPTION 'delivery %: what is to be sent does not change', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE FUNCTION channels.guard_cursor() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.position < OLD.position THEN
    RAISE EXCEPTION 'the webhook cursor does not go back'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER webhook_delivery_guard BEFORE UPDATE ON channels.webhook_delivery
FOR EACH ROW EXECUTE FUNCTION channels.guard_delivery();
CREATE TRIGGER webhook_cursor_guard BEFORE UPDATE ON channels.webhook_cursor
FOR EACH ROW EXECUTE FUNCTION channels.guard_cursor();
CREATE TRIGGER webhook_endpoint_append_only BEFORE UPDATE OR DELETE ON channels.webhook_endpoint
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER webhook_removal_append_only BEFORE UPDATE OR DELETE ON channels.webhook_removal
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER webhook_attempt_append_only BEFORE UPDATE OR DELETE ON channels.webhook_attempt
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- Before a transaction draws its first position it gets its number. A reader that sees position p
-- then knows: whoever still holds a position before p has a number below the next one (see
-- ground/outbox, mark). Without this a teller could sleep between the two and be skipped for ever.
CREATE FUNCTION ground.number_the_teller() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_current_xact_id();
  RETURN NULL;
END
$$;
CREATE TRIGGER fact_teller_numbered BEFORE INSERT ON ground.fact
FOR EACH STATEMENT EXECUTE FUNCTION ground.number_the_teller();
