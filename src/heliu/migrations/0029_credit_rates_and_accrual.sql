-- Floating rates: what benchmarks were published at, once a day and tenor, and which quote set the
-- rate of which contract on which day. Interest of loans long past due, kept off the books.
CREATE TABLE credit.benchmark_quote (
  benchmark text NOT NULL CHECK (benchmark ~ '^[A-Z][A-Z0-9_-]+$'),
  published_on date NOT NULL,
  tenor text NOT NULL CHECK (tenor ~ '^[1-9][0-9]?[DWMY]$'),
  rate numeric(10, 8) NOT NULL CHECK (rate > -1 AND rate < 1),
  source_zh text NOT NULL CHECK (source_zh <> ''),
  source_en text NOT NULL CHECK (source_en <> ''),
  checked text CHECK (checked <> ''),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (benchmark, tenor, published_on)
);
COMMENT ON TABLE credit.benchmark_quote IS
'What a benchmark (LPR) was published at, a fraction a year by tenor; checked: where it was read in the official text, NULL: nowhere. Append-only. Desk: credit/benchmarks.';

CREATE TABLE credit.repricing (
  contract_no bigint NOT NULL REFERENCES credit.contract (no),
  due_on date NOT NULL,
  benchmark text NOT NULL,
  tenor text NOT NULL,
  published_on date NOT NULL CHECK (published_on <= due_on),
  rate_before numeric(12, 8) NOT NULL,
  rate numeric(12, 8) NOT NULL CHECK (rate >= 0),
  act uuid NOT NULL UNIQUE REFERENCES credit.contract_event (id),
  recorded_on date NOT NULL CHECK (recorded_on >= due_on),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (contract_no, due_on),
  FOREIGN KEY (benchmark, tenor, published_on)
  REFERENCES credit.benchmark_quote (benchmark, tenor, published_on)
);
COMMENT ON TABLE credit.repricing IS
'A contract''s rate set anew on its day by a quote: fractions a year before and from that day on; act: the key of the RATE_CHANGE. Append-only. Desk: credit/repricing.';

CREATE INDEX contract_floating ON credit.contract (no)
WHERE terms -> 'repricing' ->> 'rule' <> 'fixed';

CREATE TRIGGER benchmark_quote_append_only BEFORE UPDATE OR DELETE ON credit.benchmark_quote
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER repricing_append_only BEFORE UPDATE OR DELETE ON credit.repricing
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- The two sides of the memorandum are one class, so that nothing of it is in the balance sheet.
INSERT INTO books.account_type (code, zh, en, class, normal_side) VALUES
('memorandum_interest', '表外应收未收利息', 'Interest off the books', 'asset', 'debit'),
('contra_memorandum', '表外应收未收利息对转', 'Interest off the books, other side', 'asset', 'credit');
ALTER TABLE credit.closing_posting DROP CONSTRAINT closing_posting_part_check;
ALTER TABLE credit.closing_posting ADD CONSTRAINT closing_posting_part_check
CHECK (part BETWEEN 230 AND 235);
