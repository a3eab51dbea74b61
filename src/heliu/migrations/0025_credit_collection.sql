-- Collection: a case a debtor, clock and currency from the day after the allowance until nothing is
-- late; contacts numbered within their limits, promises, proposals that a second person releases.
-- Cases are found in the closed day's positions, so the day's late loans are published here.
CREATE VIEW credit.closed_day_view AS
SELECT d.business_date
FROM credit.closing_day d
LEFT JOIN credit.closing_reopening o ON o.business_date = d.business_date AND o.revision = d.revision
WHERE o.revision IS NULL;
COMMENT ON VIEW credit.closed_day_view IS 'Business dates whose end of day stands. Desk: credit/collection.';

-- The borrower's clock already begins after the buyer's allowance where a buyer pays first (trait 8).
CREATE VIEW credit.late_position_view AS
SELECT p.business_date, l.loan_id, l.book, v.clock, d.uscc AS debtor_uscc, u.code AS currency,
  date '2000-01-01' + v.due AS due_on, p.business_date - date '2000-01-01' - v.due AS days_late,
  p.principal_due + p.interest_due + p.fees + p.penalty_total - p.penalty_paid + p.compound_total
  - p.compound_paid AS overdue, p.principal, p.tier
FROM credit.day_position p
JOIN credit.closing_loan l ON l.no = p.loan
JOIN books.currency u ON u.number = p.currency
CROSS JOIN LATERAL (VALUES
  ('own', p.borrower, p.own_due, CASE WHEN p.traits & 8 > 0 THEN 0 ELSE p.allowance END),
  ('buyer', p.buyer, p.buyer_due, p.allowance)
) AS v (clock, party, due, allowance)
JOIN credit.closing_party d ON d.no = v.party
WHERE v.due > 0 AND p.business_date - date '2000-01-01' > v.due + v.allowance;
COMMENT ON VIEW credit.late_position_view IS
'What a debtor owes later than its allowance at the end of a closed day, by loan and clock, minor units. Desk: credit/collection.';

-- Trait 16: settled.
CREATE VIEW credit.observed_position_view AS
SELECT p.business_date, l.loan_id
FROM credit.day_position p
JOIN credit.closing_loan l ON l.no = p.loan
WHERE p.watch_until > p.business_date - date '2000-01-01' AND p.traits & 16 = 0;
COMMENT ON VIEW credit.observed_position_view IS
'Loans under observation after a restructuring at the end of a closed day. Desk: credit/collection.';

-- Money that settled a loan, for the promises on it; what was reversed never happened.
CREATE VIEW credit.repayment_view AS
SELECT e.loan_id, e.business_date AS paid_on, e.principal + e.interest AS amount
FROM credit.loan_event e
WHERE e.kind = 'repaid'
UNION ALL
SELECT c.id, e.effective_on, e.amount
FROM credit.contract_event e
JOIN credit.contract c ON c.no = e.contract_no
WHERE e.kind IN ('repay', 'pay_off', 'recover')
  AND NOT EXISTS (
    SELECT 1
    FROM credit.contract_event r
    WHERE r.contract_no = e.contract_no AND r.kind = 'reverse' AND (r.data ->> 'of')::integer = e.no
  );
COMMENT ON VIEW credit.repayment_view IS 'Repayments that stand, by loan, minor units. Desk: credit/collection.';

CREATE TABLE credit.collection_day (
  business_date date PRIMARY KEY,
  policy_version integer NOT NULL CHECK (policy_version > 0),
  opened integer NOT NULL CHECK (opened >= 0),
  escalated integer NOT NULL CHECK (escalated >= 0),
  closed integer NOT NULL CHECK (closed >= 0),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE credit.collection_day IS
'Business dates whose late loans were taken into cases; a date is taken once and only forward. Append-only. Desk: credit/collection.';

CREATE TABLE credit.collection_case (
  id uuid PRIMARY KEY,
  debtor_uscc text NOT NULL CHECK (debtor_uscc <> ''),
  clock text NOT NULL CHECK (clock IN ('own', 'buyer')),
  currency char(3) NOT NULL,
  no integer NOT NULL CHECK (no > 0),
  opened_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  UNIQUE (debtor_uscc, clock, currency, no)
);
COMMENT ON TABLE credit.collection_case IS
'A debtor is late on a clock: his no-th episode in a currency. Append-only. Desk: credit/collection.';

CREATE TABLE credit.collection_event (
  case_id uuid NOT NULL REFERENCES credit.collection_case (id),
  no integer NOT NULL CHECK (no > 0),
  kind text NOT NULL CHECK (kind IN ('opened', 'escalated', 'observed', 'closed')),
  step text NOT NULL,
  business_date date NOT NULL,
  overdue bigint NOT NULL CHECK (overdue >= 0),
  days_late integer NOT NULL CHECK (days_late >= 0),
  loans uuid[] NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (case_id, no),
  CHECK ((kind = 'opened') = (no = 1))
);
COMMENT ON TABLE credit.collection_event IS
'What happened to a case: opened, a further step, loans under observation, closed; with what was late then, minor units. Append-only. Desk: credit/collection.';
CREATE UNIQUE INDEX collection_event_closed ON credit.collection_event (case_id) WHERE kind = 'closed';

-- The last guard of "one open case a debtor, clock and currency".
CREATE FUNCTION credit.guard_collection_case() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1
    FROM credit.collection_case c
    WHERE c.debtor_uscc = NEW.debtor_uscc AND c.clock = NEW.clock AND c.currency = NEW.currency
      AND NOT EXISTS (
        SELECT 1
        FROM credit.collection_event e
        WHERE e.case_id = c.id AND e.kind = 'closed'
      )
  ) THEN
    RAISE EXCEPTION 'a case of this debtor is open on this clock'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER collection_case_guard BEFORE INSERT ON credit.collection_case
FOR EACH ROW EXECUTE FUNCTION credit.guard_collection_case();

-- A contact takes a numbered place of its day and its week: no two have one place, none lies beyond
-- the limit in force, whatever runs beside it.
CREATE TABLE credit.contact (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES credit.collection_case (id),
  debtor_uscc text NOT NULL,
  channel text NOT NULL CHECK (channel ~ '^[a-z_]+$'),
  contacted_at timestamptz NOT NULL,
  contacted_on date NOT NULL,
  week_of date NOT NULL CHECK (extract(ISODOW FROM week_of) = 1 AND contacted_on BETWEEN week_of AND week_of + 6),
  day_place integer NOT NULL CHECK (day_place > 0),
  day_limit integer NOT NULL,
  week_place integer NOT NULL CHECK (week_place > 0),
  week_limit integer NOT NULL,
  rules jsonb NOT NULL,
  recorded_by text NOT NULL,
  CHECK (day_place <= day_limit AND week_place <= week_limit),
  UNIQUE (debtor_uscc, contacted_on, day_place),
  UNIQUE (debtor_uscc, week_of, week_place)
);
COMMENT ON TABLE credit.contact IS
'Leave to try a debtor once, taken before the attempt, with its place within the limits. Append-only. Desk: credit/collection.';
CREATE INDEX contact_case ON credit.contact (case_id);

CREATE TABLE credit.contact_result (
  contact_id uuid PRIMARY KEY REFERENCES credit.contact (id),
  result text NOT NULL CHECK (result ~ '^[a-z_]+$'),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE credit.contact_result IS 'What came of a contact, one word. Append-only. Desk: credit/collection.';

CREATE TABLE credit.promise (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES credit.collection_case (id),
  amount bigint NOT NULL CHECK (amount > 0),
  due_on date NOT NULL,
  promised_on date NOT NULL,
  loans uuid[] NOT NULL CHECK (cardinality(loans) > 0),
  paid_before bigint NOT NULL CHECK (paid_before >= 0),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  CHECK (due_on >= promised_on)
);
COMMENT ON TABLE credit.promise IS
'A debtor promised to pay on these late loans by a date; paid_before had been paid on them until then, minor units. Kept or broken: a fold. Append-only. Desk: credit/collection.';
CREATE INDEX promise_case ON credit.promise (case_id);

CREATE TABLE credit.collection_proposal (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES credit.collection_case (id),
  loan_id uuid NOT NULL,
  remedy text NOT NULL CHECK (remedy IN ('restructure', 'extend', 'write_off', 'recover')),
  instalments integer CHECK (instalments > 0),
  annual_rate numeric CHECK (annual_rate >= 0),
  amount bigint CHECK (amount > 0),
  reason text NOT NULL CHECK (reason <> ''),
  proposed_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  CHECK ((remedy IN ('restructure', 'extend')) = (instalments IS NOT NULL)),
  CHECK ((remedy = 'restructure') = (annual_rate IS NOT NULL)),
  CHECK ((remedy = 'recover') = (amount IS NOT NULL))
);
COMMENT ON TABLE credit.collection_proposal IS
'What a collector would have done with a loan; nothing happens before a second person rules. Append-only. Desk: credit/collection.';
CREATE INDEX collection_proposal_case ON credit.collection_proposal (case_id);

CREATE TABLE credit.collection_ruling (
  proposal_id uuid PRIMARY KEY REFERENCES credit.collection_proposal (id),
  verdict text NOT NULL CHECK (verdict IN ('released', 'rejected')),
  reason text NOT NULL CHECK (reason <> ''),
  event_no integer CHECK (event_no > 0),
  ruled_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  CHECK ((verdict = 'released') = (event_no IS NOT NULL))
);
COMMENT ON TABLE credit.collection_ruling IS
'A second person released or rejected a proposal; event_no is the act it became on its contract. Append-only. Desk: credit/collection.';

CREATE FUNCTION credit.guard_collection_ruling() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.recorded_by = (
    SELECT p.recorded_by
    FROM credit.collection_proposal p
    WHERE p.id = NEW.proposal_id
  ) THEN
    RAISE EXCEPTION 'proposal % is ruled on by who made it', NEW.proposal_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER collection_ruling_guard BEFORE INSERT ON credit.collection_ruling
FOR EACH ROW EXECUTE FUNCTION credit.guard_collection_ruling();

CREATE TRIGGER collection_day_append_only BEFORE UPDATE OR DELETE ON credit.collection_day
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER collection_case_append_only BEFORE UPDATE OR DELETE ON credit.collection_case
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER collection_event_append_only BEFORE UPDATE OR DELETE ON credit.collection_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER contact_append_only BEFORE UPDATE OR DELETE ON credit.contact
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER contact_result_append_only BEFORE UPDATE OR DELETE ON credit.contact_result
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER promise_append_only BEFORE UPDATE OR DELETE ON credit.promise
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER collection_proposal_append_only BEFORE UPDATE OR DELETE ON credit.collection_proposal
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER collection_ruling_append_only BEFORE UPDATE OR DELETE ON credit.collection_ruling
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
