-- Makes a Heliu database ready for a distributed PostgreSQL (Citus, YugabyteDB): every unique promise
-- of a distributed table gets the distribution column in front, because such a database can keep a
-- promise only where all rows it speaks of lie together. Plain PostgreSQL; run once, the bank stopped,
-- before the tables are distributed. See docs/runbooks/distribution.md and ADR 8.
CREATE TEMPORARY TABLE placed (relation regclass PRIMARY KEY, by_column name NOT NULL) ON COMMIT DROP;
INSERT INTO placed (relation, by_column) VALUES
('books.journal', 'shard'),
('books.transfer_key', 'shard'),
('books.batch', 'shard'),
('books.pending', 'shard'),
('books.resolution', 'shard'),
('books.leaf', 'shard'),
('books.checkpoint', 'shard'),
('books.checkpoint_balance', 'shard'),
('credit.receivable', 'programme'),
('credit.application', 'programme'),
('credit.loan', 'programme'),
('credit.act', 'programme'),
('decisions.feature_event', 'buyer'),
('decisions.feature_link', 'buyer'),
('decisions.pair_state', 'buyer');

DO $$
DECLARE
  one record;
BEGIN
  -- Foreign keys that point at a key about to be widened are taken off, and noted.
  CREATE TEMPORARY TABLE pointer ON COMMIT DROP AS
  SELECT f.conrelid::regclass AS child, f.conname AS name, f.confrelid::regclass AS parent,
    c.by_column AS child_column, p.by_column AS parent_column, f.confdeltype = 'c' AS cascades,
    (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
      FROM unnest(f.conkey) WITH ORDINALITY k (number, place)
      JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number) AS child_keys,
    (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
      FROM unnest(f.confkey) WITH ORDINALITY k (number, place)
      JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number) AS parent_keys
  FROM pg_constraint f
  JOIN placed p ON p.relation = f.confrelid
  LEFT JOIN placed c ON c.relation = f.conrelid
  WHERE f.contype = 'f';
  FOR one IN SELECT p.child, p.name FROM pointer p LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.child, one.name);
  END LOOP;

  FOR one IN
    SELECT p.relation, p.by_column, i.indexrelid::regclass AS index, c.conname AS name,
      i.indisprimary AS primary_key, pg_get_indexdef(i.indexrelid) AS definition,
      (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
        FROM unnest(i.indkey::smallint[]) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number) AS keys
    FROM placed p
    JOIN pg_index i ON i.indrelid = p.relation AND i.indisunique
    JOIN pg_attribute d ON d.attrelid = p.relation AND d.attname = p.by_column
    LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
    WHERE d.attnum <> ALL(i.indkey::smallint[])
  LOOP
    IF one.name IS NULL THEN
      EXECUTE format('DROP INDEX %s', one.index);
      EXECUTE regexp_replace(one.definition, 'USING btree \(', format('USING btree (%I, ', one.by_column));
    ELSE
      EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.relation, one.name);
      EXECUTE format(
        'ALTER TABLE %s ADD CONSTRAINT %I %s (%I, %s)', one.relation, one.name,
        CASE WHEN one.primary_key THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, one.by_column, one.keys
      );
    END IF;
  END LOOP;

  -- Those between tables that lie together are put back; the others rest on the service alone.
  FOR one IN SELECT p.* FROM pointer p WHERE p.child_column = p.parent_column LOOP
    EXECUTE format(
      'ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%I, %s) REFERENCES %s (%I, %s) %s', one.child,
      one.name, one.child_column, one.child_keys, one.parent, one.parent_column, one.parent_keys,
      CASE WHEN one.cascades THEN 'ON DELETE CASCADE' ELSE '' END
    );
  END LOOP;
END
$$;
