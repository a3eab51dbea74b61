-- Early warnings: what the four flows, the goods and outside registers tell of live loans, day by
-- day. A warning is raised once while it stands and cleared when it is over; people acknowledge and
-- close it. The rooms below publish what monitoring reads.
CREATE SCHEMA oversight;

CREATE VIEW decisions.trade_event_view AS
SELECT e.supplier, e.buyer, e.no, e.document_id, e.kind, e.number, e.event_on, e.currency, e.amount,
  e.due_on, e.void, e.refs,
  (SELECT coalesce(array_agg(DISTINCT x.line ->> 0), '{}') FROM jsonb_array_elements(e.lines) AS x (line)) AS orders
FROM decisions.feature_event e;
COMMENT ON VIEW decisions.trade_event_view IS
'What happened between a supplier and a buyer, with the orders its lines belong to, minor units. Desk: decisions/features.';

CREATE VIEW flows.circular_trade_view AS
SELECT v.receivable_id, v.seller AS supplier, v.buyer, v.as_of, (e.cited ->> 'document_id')::uuid AS document_id
FROM flows.verification v
CROSS JOIN LATERAL jsonb_array_elements(v.body -> 'findings') AS f (found)
CROSS JOIN LATERAL jsonb_array_elements(f.found -> 'evidence') AS e (cited)
WHERE v.body @> '{"findings": [{"code": "screening.circular_trade"}]}'
  AND f.found ->> 'code' = 'screening.circular_trade';
COMMENT ON VIEW flows.circular_trade_view IS 'Receivables found in a circle of trade, and the documents of it. Desk: flows/confluence.';

CREATE VIEW flows.register_hit_view AS
SELECT d.id AS document_id, d.body -> 'attributes' ->> 'subject' AS uscc,
  coalesce(d.body -> 'attributes' ->> 'severity', '') <> 'warn' AS forbids, d.issued_on AS raised_on
FROM flows.document d
WHERE d.kind = 'warning' AND coalesce(d.body -> 'attributes' ->> 'severity', '') <> 'info';
COMMENT ON VIEW flows.register_hit_view IS
'What outside registers said against an enterprise, when, and whether it forbids business. Desk: flows/intake.';

CREATE VIEW credit.live_loan_view AS
SELECT l.id AS loan_id, l.supplier_uscc AS borrower_uscc, l.buyer_uscc, l.currency, s.principal
FROM credit.loan l
JOIN (
  SELECT e.loan_id,
    sum(CASE e.kind WHEN 'disbursed' THEN e.principal WHEN 'repaid' THEN -e.principal ELSE 0 END)::bigint AS principal
  FROM credit.loan_event e
  GROUP BY e.loan_id
) s ON s.loan_id = l.id
WHERE s.principal > 0
UNION ALL
SELECT c.id, c.borrower_uscc, c.obligor_uscc, c.currency, t.principal
FROM credit.contract c
JOIN credit.contract_state t ON t.contract_no = c.no
WHERE t.status = 'active' AND t.principal > 0;
COMMENT ON VIEW credit.live_loan_view IS
'Loans of both books with open principal (minor units), who borrowed and which buyer pays. Desk: credit/lending.';

CREATE VIEW credit.pledged_price_view AS
SELECT g.contract_id, p.id AS price_id, p.goods, p.unit, p.currency, p.price, p.priced_on
FROM (
  SELECT DISTINCT x.contract_id, t.goods, t.unit, t.currency
  FROM credit.pledge x
  JOIN credit.lot t ON t.id = x.lot_id
) g
JOIN credit.goods_price p ON p.goods = g.goods AND p.unit = g.unit AND p.currency = g.currency
LEFT JOIN credit.price_confirmation n ON n.price_id = p.id
WHERE p.judged = 'good' OR n.price_id IS NOT NULL;
COMMENT ON VIEW credit.pledged_price_view IS
'Prices that count (major units) of goods pledged for a contract. Desk: credit/collateral.';

CREATE TABLE oversight.watched_day (
  business_date date PRIMARY KEY,
  rules_version integer NOT NULL CHECK (rules_version > 0),
  raised integer NOT NULL CHECK (raised >= 0),
  cleared integer NOT NULL CHECK (cleared >= 0),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
COMMENT ON TABLE oversight.watched_day IS
'Business dates that were watched; a date is watched once and only forward. Append-only. Desk: oversight/monitoring.';

CREATE TABLE oversight.warning (
  id uuid PRIMARY KEY,
  rule text NOT NULL CHECK (rule ~ '^[a-z_]+$'),
  rules_version integer NOT NULL CHECK (rules_version > 0),
  severity text NOT NULL CHECK (severity IN ('watch', 'serious', 'critical')),
  owner text NOT NULL,
  subject text NOT NULL CHECK (subject IN ('pair', 'buyer', 'loan', 'party')),
  party_uscc text NOT NULL CHECK (party_uscc <> ''),
  other_uscc text,
  loan_id uuid,
  subject_key text NOT NULL,
  raised_on date NOT NULL,
  figures jsonb NOT NULL,
  evidence uuid[] NOT NULL,
  loans uuid[] NOT NULL CHECK (cardinality(loans) > 0),
  recorded_at timestamptz NOT NULL,
  CHECK ((subject = 'pair') = (other_uscc IS NOT NULL)),
  CHECK ((subject = 'loan') = (loan_id IS NOT NULL)),
  UNIQUE (rule, subject_key, raised_on)
);
COMMENT ON TABLE oversight.warning IS
'An early warning: which rule, about whom, the figures and the documents or prices it rests on, the loans at stake. Append-only. Desk: oversight/monitoring.';
CREATE INDEX warning_party ON oversight.warning (party_uscc);

CREATE TABLE oversight.warning_event (
  warning_id uuid NOT NULL REFERENCES oversight.warning (id),
  kind text NOT NULL CHECK (kind IN ('acknowledged', 'closed', 'cleared')),
  reason text NOT NULL CHECK (reason <> ''),
  business_date date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (warning_id, kind)
);
COMMENT ON TABLE oversight.warning_event IS
'A person acknowledged or closed a warning with a reason, or what it told of is over (cleared); each once. Append-only. Desk: oversight/monitoring.';

-- The last guard of "raised once while it stands".
CREATE FUNCTION oversight.guard_warning() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1
    FROM oversight.warning w
    WHERE w.rule = NEW.rule AND w.subject_key = NEW.subject_key
      AND NOT EXISTS (
        SELECT 1
        FROM oversight.warning_event e
        WHERE e.warning_id = w.id AND e.kind = 'cleared'
      )
  ) THEN
    RAISE EXCEPTION 'warning % stands already', NEW.rule
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER warning_guard BEFORE INSERT ON oversight.warning
FOR EACH ROW EXECUTE FUNCTION oversight.guard_warning();

CREATE TABLE oversight.covenant (
  id uuid PRIMARY KEY,
  loan_id uuid NOT NULL,
  feature text NOT NULL CHECK (feature ~ '^[a-z0-9_]+$'),
  at_least numeric,
  at_most numeric,
  holds_from date NOT NULL,
  holds_until date NOT NULL CHECK (holds_until > holds_from),
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  CHECK (num_nonnulls(at_least, at_most) = 1)
);
COMMENT ON TABLE oversight.covenant IS
'What a borrower undertook: a feature of the pair that must stay within a bound for [holds_from, holds_until). Append-only. Desk: oversight/monitoring.';
CREATE INDEX covenant_loan ON oversight.covenant (loan_id);

CREATE TRIGGER watched_day_append_only BEFORE UPDATE OR DELETE ON oversight.watched_day
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER warning_append_only BEFORE UPDATE OR DELETE ON oversight.warning
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER warning_event_append_only BEFORE UPDATE OR DELETE ON oversight.warning_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER covenant_append_only BEFORE UPDATE OR DELETE ON oversight.covenant
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
