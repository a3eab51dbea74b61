-- Facts told by the desks, heard by workers: the house's only way up.
CREATE SCHEMA ground;

CREATE TABLE ground.fact (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind ~ '^[a-z]+\.[a-z_]+\.v[0-9]+$'),
  body jsonb NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ground.fact IS 'Outbox: facts told in the transaction that made them true. Append-only. Desk: ground/outbox.';

-- Shared guard of append-only tables: history is the product, a correction is a new row.
CREATE FUNCTION ground.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%.% is append-only: correct it with a new row', tg_table_schema, tg_table_name
    USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON ground.fact
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
