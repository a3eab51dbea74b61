-- Limits: two-phase (reserve, utilise, release) on every axis at once; events are the truth.
CREATE TABLE credit.limit_line (
  id uuid PRIMARY KEY,
  axis text NOT NULL CHECK (axis IN ('programme', 'obligor', 'supplier')),
  subject text NOT NULL,
  currency char(3) NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  utilised bigint NOT NULL DEFAULT 0 CHECK (utilised >= 0),
  UNIQUE (axis, subject, currency)
);
COMMENT ON TABLE credit.limit_line IS 'One limit on one axis, in minor units, with the fold of its events. Desk: credit/limits.';

CREATE TABLE credit.limit_reservation (
  id uuid PRIMARY KEY,
  amount bigint NOT NULL CHECK (amount > 0),
  currency char(3) NOT NULL,
  expires_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.limit_reservation IS 'A reservation by its command key; its state is the fold of its events. Append-only. Desk: credit/limits.';

CREATE TABLE credit.limit_event (
  key uuid NOT NULL,
  line_id uuid NOT NULL REFERENCES credit.limit_line (id),
  reservation_id uuid NOT NULL REFERENCES credit.limit_reservation (id),
  reserved_change bigint NOT NULL,
  utilised_change bigint NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (key, line_id),
  CHECK (reserved_change <> 0 OR utilised_change <> 0)
);
COMMENT ON TABLE credit.limit_event IS 'Every change of every limit line, by command key. Append-only. Desk: credit/limits.';
CREATE INDEX limit_event_reservation ON credit.limit_event (reservation_id);

CREATE TRIGGER limit_reservation_append_only BEFORE UPDATE OR DELETE ON credit.limit_reservation
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER limit_event_append_only BEFORE UPDATE OR DELETE ON credit.limit_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- The last guard of "limits are never exceeded": use may not grow beyond the limit. A limit may be
-- lowered below its use; then only releases are possible.
CREATE FUNCTION credit.guard_limit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.reserved + NEW.utilised > NEW.amount
    AND NEW.reserved + NEW.utilised > OLD.reserved + OLD.utilised THEN
    RAISE EXCEPTION 'limit % would be exceeded', NEW.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER limit_line_guard BEFORE UPDATE ON credit.limit_line
FOR EACH ROW EXECUTE FUNCTION credit.guard_limit();
