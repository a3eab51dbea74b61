-- The end of day: one row a loan and business date in a partition of its own, written in chunks
-- whose digests make it restartable and repeatable; judgements on the five classes by two persons;
-- flags of credit risk; what was provided and why; what was posted to the general ledger.
CREATE TABLE credit.classification_judgement (
  id uuid PRIMARY KEY,
  loan_id uuid NOT NULL,
  tier smallint NOT NULL CHECK (tier BETWEEN 1 AND 5),
  reason text NOT NULL CHECK (reason <> ''),
  judged_from date NOT NULL,
  judged_until date NOT NULL CHECK (judged_until > judged_from),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE credit.classification_judgement IS
'A person''s class of a loan for [judged_from, judged_until): alone it can only be worse than the rules''. Append-only. Desk: credit/classification.';
CREATE INDEX classification_judgement_until ON credit.classification_judgement (judged_until);

CREATE TABLE credit.classification_release (
  judgement_id uuid PRIMARY KEY REFERENCES credit.classification_judgement (id),
  released_at timestamptz NOT NULL,
  released_by text NOT NULL
);
COMMENT ON TABLE credit.classification_release IS
'A second person let a judgement stand even where it is better than the rules'' class. Append-only. Desk: credit/classification.';

CREATE FUNCTION credit.guard_classification_release() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.released_by = (
    SELECT j.recorded_by
    FROM credit.classification_judgement j
    WHERE j.id = NEW.judgement_id
  ) THEN
    RAISE EXCEPTION 'judgement % is released by who made it', NEW.judgement_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER classification_release_guard BEFORE INSERT ON credit.classification_release
FOR EACH ROW EXECUTE FUNCTION credit.guard_classification_release();

CREATE TABLE credit.risk_flag (
  id uuid PRIMARY KEY,
  loan_id uuid NOT NULL,
  cause text NOT NULL CHECK (cause ~ '^[a-z_]+(\.[a-z0-9_]+)*$'),
  flagged_from date NOT NULL,
  flagged_until date NOT NULL CHECK (flagged_until > flagged_from),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE credit.risk_flag IS
'Credit risk of a loan has risen significantly for [flagged_from, flagged_until): stage 2. Append-only. Desk: credit/provisioning.';
CREATE INDEX risk_flag_until ON credit.risk_flag (flagged_until);

CREATE TABLE credit.closing_product (
  no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE,
  accounts jsonb NOT NULL
);
COMMENT ON TABLE credit.closing_product IS
'Products as positions number them, and for each accrued part the account types and names it is posted between. Append-only. Desk: credit/closing.';

CREATE TABLE credit.closing_party (
  no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uscc text NOT NULL UNIQUE
);
COMMENT ON TABLE credit.closing_party IS
'Borrowers and buyers as positions number them. Append-only. Desk: credit/closing.';

CREATE TABLE credit.closing_loan (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  book smallint NOT NULL CHECK (book IN (1, 2)),
  loan_id uuid NOT NULL UNIQUE,
  source_no bigint NOT NULL,
  registered_on date NOT NULL
);
COMMENT ON TABLE credit.closing_loan IS
'Loans as positions number them; book 1: credit.contract (source_no is its number), book 2: credit.loan. Append-only. Desk: credit/closing.';
CREATE UNIQUE INDEX closing_loan_source ON credit.closing_loan (source_no) WHERE book = 1;

CREATE TABLE credit.closing_run (
  business_date date NOT NULL,
  revision smallint NOT NULL CHECK (revision > 0),
  known_until timestamptz NOT NULL,
  before_digest bytea NOT NULL CHECK (length(before_digest) = 32),
  begun_at timestamptz NOT NULL,
  begun_by text NOT NULL,
  PRIMARY KEY (business_date, revision)
);
COMMENT ON TABLE credit.closing_run IS
'A business date being closed: only what was recorded until known_until counts, however often it is run. Append-only. Desk: credit/closing.';

CREATE TABLE credit.closing_chunk (
  business_date date NOT NULL,
  revision smallint NOT NULL,
  no integer NOT NULL CHECK (no >= 0),
  loans integer NOT NULL CHECK (loans > 0),
  first_loan bigint NOT NULL,
  last_loan bigint NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  PRIMARY KEY (business_date, revision, no),
  FOREIGN KEY (business_date, revision) REFERENCES credit.closing_run (business_date, revision),
  CHECK (last_loan >= first_loan)
);
COMMENT ON TABLE credit.closing_chunk IS
'A chunk of positions that is written, with the SHA-256 of its COPY rows. Append-only. Desk: credit/closing.';

CREATE TABLE credit.closing_day (
  business_date date NOT NULL,
  revision smallint NOT NULL,
  loans integer NOT NULL CHECK (loans >= 0),
  digest bytea NOT NULL CHECK (length(digest) = 32),
  sealed_at timestamptz NOT NULL,
  PRIMARY KEY (business_date, revision),
  FOREIGN KEY (business_date, revision) REFERENCES credit.closing_run (business_date, revision)
);
COMMENT ON TABLE credit.closing_day IS
'A closed business date: its digest covers its chunks and the day before. Append-only. Desk: credit/closing.';

CREATE TABLE credit.closing_reopening (
  business_date date NOT NULL,
  revision smallint NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  reopened_at timestamptz NOT NULL,
  reopened_by text NOT NULL,
  PRIMARY KEY (business_date, revision),
  FOREIGN KEY (business_date, revision) REFERENCES credit.closing_day (business_date, revision)
);
COMMENT ON TABLE credit.closing_reopening IS
'A closed business date that was opened again, by whom and why: its postings are reversed, its next revision replaces it. Append-only. Desk: credit/closing.';

CREATE TABLE credit.closing_retired (
  business_date date NOT NULL,
  revision smallint NOT NULL,
  loan bigint NOT NULL,
  product integer NOT NULL,
  currency smallint NOT NULL,
  interest_total bigint NOT NULL,
  discount_total bigint NOT NULL,
  penalty_total bigint NOT NULL,
  compound_total bigint NOT NULL,
  provision_total bigint NOT NULL,
  PRIMARY KEY (business_date, revision, loan)
);
COMMENT ON TABLE credit.closing_retired IS
'Settled loans that left the positions on a business date, with what was booked of them, minor units. Append-only. Desk: credit/closing.';
CREATE INDEX closing_retired_loan ON credit.closing_retired (loan);

CREATE TABLE credit.closing_posting (
  business_date date NOT NULL,
  revision smallint NOT NULL,
  product integer NOT NULL REFERENCES credit.closing_product (no),
  currency smallint NOT NULL,
  part smallint NOT NULL CHECK (part BETWEEN 230 AND 234),
  total bigint NOT NULL,
  change bigint NOT NULL CHECK (change <> 0),
  transfer uuid NOT NULL UNIQUE,
  PRIMARY KEY (business_date, revision, product, currency, part)
);
COMMENT ON TABLE credit.closing_posting IS
'What a day posted to the general ledger: the change that brings its account to the sub-ledger''s total, minor units. Append-only. Desk: credit/closing.';

CREATE TABLE credit.provision_movement (
  business_date date NOT NULL,
  revision smallint NOT NULL,
  product integer NOT NULL,
  currency smallint NOT NULL,
  stage smallint NOT NULL CHECK (stage BETWEEN 1 AND 3),
  cause smallint NOT NULL CHECK (cause BETWEEN 1 AND 6),
  amount bigint NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (business_date, revision, product, currency, stage, cause)
);
COMMENT ON TABLE credit.provision_movement IS
'Why the loss allowance of a stage changed (1 new, 2 transfer, 3 remeasured, 4 derecognised, 5 written off, 6 recovered), minor units. Append-only. Desk: credit/provisioning.';

-- Dates are days from 2000-01-01, 0 = none; amounts minor units; rates millionths. The partition
-- of a date is filled aside and attached when the day is sealed, so readers see whole days only.
CREATE TABLE credit.day_position (
  business_date date NOT NULL,
  loan bigint NOT NULL,
  book smallint NOT NULL,
  product integer NOT NULL,
  currency smallint NOT NULL,
  borrower integer NOT NULL,
  buyer integer NOT NULL,
  segment smallint NOT NULL,
  traits smallint NOT NULL,
  rate_ppm integer NOT NULL,
  penalty_ppm integer NOT NULL,
  compound_ppm integer NOT NULL,
  year_days smallint NOT NULL,
  allowance smallint NOT NULL,
  maturity integer NOT NULL,
  period_start integer NOT NULL,
  period_end integer NOT NULL,
  period_interest bigint NOT NULL,
  period_paid bigint NOT NULL,
  period_principal bigint NOT NULL,
  principal bigint NOT NULL,
  accrued bigint NOT NULL,
  interest_due bigint NOT NULL,
  principal_due bigint NOT NULL,
  fees bigint NOT NULL,
  own_due integer NOT NULL,
  buyer_due integer NOT NULL,
  fresh_due integer NOT NULL,
  fresh_principal bigint NOT NULL,
  fresh_interest bigint NOT NULL,
  interest_total bigint NOT NULL,
  discount_total bigint NOT NULL,
  penalty_total bigint NOT NULL,
  penalty_rest bigint NOT NULL,
  penalty_paid bigint NOT NULL,
  compound_total bigint NOT NULL,
  compound_rest bigint NOT NULL,
  compound_paid bigint NOT NULL,
  charged_off bigint NOT NULL,
  watch_tier smallint NOT NULL,
  watch_until integer NOT NULL,
  tier smallint NOT NULL,
  reason smallint NOT NULL,
  stage smallint NOT NULL,
  ecl bigint NOT NULL,
  PRIMARY KEY (business_date, loan),
  -- One constraint, because each one is paid for by every row.
  CONSTRAINT position_sound CHECK (
    principal >= principal_due AND principal_due >= 0 AND interest_due >= 0
    AND tier BETWEEN 1 AND 5 AND stage BETWEEN 1 AND 3
    AND ecl BETWEEN 0 AND greatest(0, principal + accrued + interest_due + fees
    + penalty_total - penalty_paid + compound_total - compound_paid)
  )
) PARTITION BY LIST (business_date);
COMMENT ON TABLE credit.day_position IS
'Every live loan at the end of a business date: balances, both clocks, class, stage, expected loss. Append-only. Desk: credit/closing.';

CREATE TRIGGER day_position_append_only BEFORE UPDATE OR DELETE ON credit.day_position
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER classification_judgement_append_only BEFORE UPDATE OR DELETE ON credit.classification_judgement
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER classification_release_append_only BEFORE UPDATE OR DELETE ON credit.classification_release
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER risk_flag_append_only BEFORE UPDATE OR DELETE ON credit.risk_flag
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER closing_product_append_only BEFORE UPDATE OR DELETE ON credit.closing_product
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER closing_party_append_only BEFORE UPDATE OR DELETE ON credit.closing_party
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER closing_loan_append_only BEFORE UPDATE OR DELETE ON credit.closing_loan
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER closing_run_append_only BEFORE UPDATE OR DELETE ON credit.closing_run
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER closing_chunk_append_only BEFORE UPDATE OR DELETE ON credit.closing_chunk
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER closing_day_append_only BEFORE UPDATE OR DELETE ON credit.closing_day
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER closing_reopening_append_only BEFORE UPDATE OR DELETE ON credit.closing_reopening
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER closing_retired_append_only BEFORE UPDATE OR DELETE ON credit.closing_retired
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER closing_posting_append_only BEFORE UPDATE OR DELETE ON credit.closing_posting
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER provision_movement_append_only BEFORE UPDATE OR DELETE ON credit.provision_movement
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- An empty table aside for one date and revision; a run that starts over finds it there.
CREATE FUNCTION credit.prepare_positions(on_date date, rev smallint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  name text := 'day_position_' || to_char(on_date, 'YYYYMMDD') || '_' || rev;
BEGIN
  IF to_regclass('credit.' || name) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE credit.%I (LIKE credit.day_position INCLUDING CONSTRAINTS)', name);
  EXECUTE format('ALTER TABLE credit.%I ALTER business_date SET DEFAULT %L', name, on_date);
  EXECUTE format('ALTER TABLE credit.%I ADD CONSTRAINT %I CHECK (business_date = %L)', name, name || '_date', on_date);
  EXECUTE format('COMMENT ON TABLE credit.%I IS %L', name, 'Positions of one business date. Desk: credit/closing.');
END
$$;

-- Indexes a filled table and makes it the date's partition.
CREATE FUNCTION credit.attach_positions(on_date date, rev smallint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  name text := 'day_position_' || to_char(on_date, 'YYYYMMDD') || '_' || rev;
BEGIN
  EXECUTE format('ALTER TABLE credit.%I ADD PRIMARY KEY (business_date, loan)', name);
  EXECUTE format(
    'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON credit.%I EXECUTE FUNCTION ground.refuse_change()', name
  );
  EXECUTE format('ALTER TABLE credit.day_position ATTACH PARTITION credit.%I FOR VALUES IN (%L)', name, on_date);
END
$$;

-- Takes a date out of what readers see; the table stays as it was, guarded like before.
CREATE FUNCTION credit.detach_positions(on_date date, rev smallint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  name text := 'day_position_' || to_char(on_date, 'YYYYMMDD') || '_' || rev;
BEGIN
  EXECUTE format('ALTER TABLE credit.day_position DETACH PARTITION credit.%I', name);
  EXECUTE format(
    'CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON credit.%I FOR EACH ROW EXECUTE FUNCTION ground.refuse_change()',
    name
  );
END
$$;
