-- The ledger's tables say which ledger shard a row belongs to, so that a distributed PostgreSQL can
-- place them by it (ADR 8). This database keeps one shard, number 0. The column is carried by every
-- append; keys stay as they are: the narrower key is the stronger promise on one server, and costs
-- 8 to 15 % less than one with the shard in it. docs/runbooks/distribute.sql widens them.
SET LOCAL lock_timeout = '10s';

ALTER TABLE books.journal ADD COLUMN shard smallint NOT NULL DEFAULT 0;
ALTER TABLE books.transfer_key ADD COLUMN shard smallint NOT NULL DEFAULT 0;
ALTER TABLE books.batch ADD COLUMN shard smallint NOT NULL DEFAULT 0;
ALTER TABLE books.pending ADD COLUMN shard smallint NOT NULL DEFAULT 0;
ALTER TABLE books.resolution ADD COLUMN shard smallint NOT NULL DEFAULT 0;
ALTER TABLE books.leaf ADD COLUMN shard smallint NOT NULL DEFAULT 0;
ALTER TABLE books.checkpoint ADD COLUMN shard smallint NOT NULL DEFAULT 0;
ALTER TABLE books.checkpoint_balance ADD COLUMN shard smallint NOT NULL DEFAULT 0;

-- A shard has its own writer and its own chain.
CREATE OR REPLACE FUNCTION books.guard_batch() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  current_epoch integer;
  before books.batch;
BEGIN
  SELECT w.epoch INTO current_epoch FROM books.writer w WHERE w.shard = NEW.shard FOR SHARE;
  IF current_epoch IS DISTINCT FROM NEW.epoch THEN
    RAISE EXCEPTION 'writer of epoch % is fenced out by epoch %', NEW.epoch, current_epoch
      USING ERRCODE = 'HL001';
  END IF;
  SELECT b.* INTO before FROM books.batch b WHERE b.no = NEW.no - 1 AND b.shard = NEW.shard;
  IF before.no IS NULL OR NEW.first_seq <> before.first_seq + before.n
    OR NEW.prev <> before.hash OR NEW.recorded_at < before.recorded_at THEN
    RAISE EXCEPTION 'batch % does not continue the journal', NEW.no
      USING ERRCODE = 'HL002';
  END IF;
  RETURN NEW;
END
$$;
