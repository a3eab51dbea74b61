-- Goods that secure a loan: a lot lies with a custodian under one warehouse receipt and is pledged once
-- in its life (what leaves a pledge comes back under a new receipt), so the guard is a primary key and
-- holds where every program fails. Everything else is a fold of what happened to the lots. Beside it,
-- offers to be paid early out of the buyer's own cash: no bank money, but the bank's books.
CREATE TABLE credit.lot (
  id uuid PRIMARY KEY,
  owner_uscc text NOT NULL CHECK (owner_uscc <> ''),
  custodian_uscc text NOT NULL CHECK (custodian_uscc <> '' AND custodian_uscc <> owner_uscc),
  place text NOT NULL CHECK (place <> ''),
  receipt_no text NOT NULL,
  receipt_key text NOT NULL CHECK (receipt_key <> ''),
  receipt_line integer NOT NULL CHECK (receipt_line > 0),
  goods text NOT NULL CHECK (goods <> ''),
  item text NOT NULL CHECK (item <> ''),
  unit text NOT NULL CHECK (unit <> ''),
  quantity bigint NOT NULL CHECK (quantity > 0),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  cost bigint CHECK (cost > 0),
  batch_key text CHECK (batch_key <> ''),
  stored_on date NOT NULL,
  offered_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  UNIQUE (custodian_uscc, receipt_key, receipt_line),
  UNIQUE (goods, batch_key)
);
COMMENT ON TABLE credit.lot IS 'Goods with a custodian under one receipt line; quantity in thousandths of the unit, cost in minor units. Append-only. Desk: credit/collateral.';
CREATE INDEX lot_receipt ON credit.lot (receipt_key);
CREATE INDEX lot_place ON credit.lot (place, goods);

CREATE TABLE credit.security (
  contract_id uuid PRIMARY KEY,
  pledgor_uscc text NOT NULL CHECK (pledgor_uscc <> ''),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  financed bigint NOT NULL CHECK (financed > 0),
  required_bp integer NOT NULL CHECK (required_bp >= 10000),
  trigger_bp integer NOT NULL CHECK (trigger_bp <= required_bp),
  stop_bp integer NOT NULL CHECK (stop_bp BETWEEN 1 AND trigger_bp),
  cure_days integer NOT NULL CHECK (cure_days > 0),
  agreed_on date NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.security IS 'Agreed on the collateral of a contract: financed (minor units), coverage lines (basis points). Append-only. Desk: credit/collateral.';

CREATE TABLE credit.pledge (
  lot_id uuid PRIMARY KEY REFERENCES credit.lot (id),
  contract_id uuid NOT NULL REFERENCES credit.security (contract_id),
  key uuid NOT NULL,
  quantity bigint NOT NULL CHECK (quantity > 0),
  pledged_on date NOT NULL,
  pledged_by text NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.pledge IS 'A lot secures a contract, once in its life. Append-only. Desk: credit/collateral.';
CREATE INDEX pledge_contract ON credit.pledge (contract_id);

CREATE TABLE credit.lot_event (
  lot_id uuid NOT NULL REFERENCES credit.lot (id),
  no integer NOT NULL CHECK (no > 0),
  kind text NOT NULL CHECK (kind IN ('offered', 'verified', 'pledged', 'held', 'released', 'seized')),
  quantity bigint NOT NULL CHECK (quantity > 0),
  cause uuid NOT NULL,
  document_id uuid,
  business_date date NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (lot_id, no),
  UNIQUE (lot_id, kind, cause)
);
COMMENT ON TABLE credit.lot_event IS 'What happened to a lot, quantity in thousandths of its unit; its state is the fold. Append-only. Desk: credit/collateral.';

-- The last guard of "released + seized + remaining = pledged": nothing leaves that was not pledged.
CREATE FUNCTION credit.guard_lot() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  remaining bigint;
BEGIN
  SELECT coalesce(sum(CASE
    WHEN e.kind = 'pledged' THEN e.quantity
    WHEN e.kind IN ('released', 'seized') THEN -e.quantity
    ELSE 0
  END), 0)
  INTO remaining
  FROM credit.lot_event e
  WHERE e.lot_id = NEW.lot_id;
  IF remaining < 0 THEN
    RAISE EXCEPTION 'lot % would give more than was pledged', NEW.lot_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER lot_event_quantity AFTER INSERT ON credit.lot_event
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION credit.guard_lot();

CREATE TABLE credit.goods_price (
  id uuid PRIMARY KEY,
  goods text NOT NULL CHECK (goods <> ''),
  unit text NOT NULL CHECK (unit <> ''),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  price numeric NOT NULL CHECK (price > 0),
  priced_on date NOT NULL,
  source text NOT NULL CHECK (source <> ''),
  judged text NOT NULL CHECK (judged IN ('good', 'wild')),
  recorded_at timestamptz NOT NULL,
  UNIQUE (goods, unit, currency, priced_on, source)
);
COMMENT ON TABLE credit.goods_price IS 'Price of one unit (major units) on a day by a source; a wild one counts only when confirmed. Append-only. Desk: credit/collateral.';

CREATE TABLE credit.price_confirmation (
  price_id uuid PRIMARY KEY REFERENCES credit.goods_price (id),
  reason text NOT NULL CHECK (reason <> ''),
  confirmed_by text NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.price_confirmation IS 'A person looked at a wild price and found it true. Append-only. Desk: credit/collateral.';

CREATE TABLE credit.appraisal (
  id uuid PRIMARY KEY,
  contract_id uuid NOT NULL REFERENCES credit.security (contract_id),
  business_date date NOT NULL,
  currency char(3) NOT NULL,
  debt bigint NOT NULL CHECK (debt >= 0),
  market_value bigint NOT NULL CHECK (market_value >= 0),
  lendable bigint NOT NULL CHECK (lendable BETWEEN 0 AND market_value),
  coverage_bp bigint CHECK (coverage_bp >= 0),
  goods_version integer NOT NULL,
  prices uuid[] NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK ((coverage_bp IS NULL) = (debt = 0))
);
COMMENT ON TABLE credit.appraisal IS 'Worth of pledged goods against the debt on a day, minor units, and the prices used. Append-only. Desk: credit/collateral.';
CREATE INDEX appraisal_contract ON credit.appraisal (contract_id, business_date);

CREATE TABLE credit.margin_event (
  contract_id uuid NOT NULL REFERENCES credit.security (contract_id),
  no integer NOT NULL CHECK (no > 0),
  kind text NOT NULL CHECK (kind IN ('called', 'stopped', 'cured', 'breached')),
  business_date date NOT NULL,
  cure_by date NOT NULL,
  coverage_bp bigint,
  shortfall bigint NOT NULL CHECK (shortfall >= 0),
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (contract_id, no)
);
COMMENT ON TABLE credit.margin_event IS
'Margin calls: called, shipping stopped, cured, breached when the cure date passed; shortfall in minor units. Append-only. Desk: credit/collateral.';

CREATE TABLE credit.release (
  key uuid PRIMARY KEY,
  contract_id uuid NOT NULL REFERENCES credit.security (contract_id),
  paid bigint NOT NULL CHECK (paid >= 0),
  debt bigint NOT NULL CHECK (debt >= 0),
  lots uuid[] NOT NULL,
  quantities bigint[] NOT NULL,
  withheld text CHECK (withheld <> ''),
  business_date date NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK (cardinality(lots) = cardinality(quantities))
);
COMMENT ON TABLE credit.release IS 'What a payment set free (minor units paid so far, owed still), or why nothing was. Append-only. Desk: credit/collateral.';

CREATE TABLE credit.custodian_instruction (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('hold', 'release', 'stop_ship', 'resume', 'seize', 'buy_back')),
  contract_id uuid NOT NULL REFERENCES credit.security (contract_id),
  lot_id uuid NOT NULL REFERENCES credit.lot (id),
  custodian_uscc text NOT NULL,
  cause text NOT NULL CHECK (cause IN ('pledge', 'payment', 'margin', 'goods', 'default')),
  quantity bigint NOT NULL CHECK (quantity > 0),
  amount bigint CHECK (amount > 0),
  issued_on date NOT NULL,
  place integer GENERATED ALWAYS AS IDENTITY,
  recorded_at timestamptz NOT NULL,
  CHECK ((kind = 'buy_back') = (amount IS NOT NULL))
);
COMMENT ON TABLE credit.custodian_instruction IS 'What the custodian (or the seller who still holds the goods) was told to do with a lot. Append-only. Desk: credit/collateral.';
CREATE INDEX custodian_instruction_contract ON credit.custodian_instruction (contract_id);

CREATE TABLE credit.custodian_answer (
  instruction_id uuid PRIMARY KEY REFERENCES credit.custodian_instruction (id),
  accepted boolean NOT NULL,
  quantity bigint NOT NULL CHECK (quantity >= 0),
  document_id uuid,
  answered_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK (accepted OR quantity = 0)
);
COMMENT ON TABLE credit.custodian_answer IS 'The custodian''s one answer to an instruction: carried out for this quantity, or refused. Append-only. Desk: credit/collateral.';

CREATE TABLE credit.collateral_case (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN (
    'price_missing', 'price_stale', 'price_wild', 'receipt_twice', 'goods_twice', 'sensor_alarm', 'damage',
    'unreleased_departure', 'shortage', 'instruction_refused', 'instruction_short', 'too_old'
  )),
  severity text NOT NULL CHECK (severity IN ('warn', 'stop')),
  contract_id uuid,
  lot_id uuid,
  goods text,
  document_id uuid,
  opened_on date NOT NULL,
  facts jsonb NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.collateral_case IS 'What a person must look at: prices, duplicate receipts, alarms, goods that left or are missing. Append-only. Desk: credit/collateral.';

CREATE TABLE credit.discount_offer (
  id uuid PRIMARY KEY,
  payable_id uuid NOT NULL UNIQUE,
  approval_id uuid NOT NULL,
  product text NOT NULL CHECK (product <> ''),
  product_version integer NOT NULL CHECK (product_version > 0),
  buyer_uscc text NOT NULL CHECK (buyer_uscc <> ''),
  supplier_uscc text NOT NULL CHECK (supplier_uscc <> '' AND supplier_uscc <> buyer_uscc),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  amount bigint NOT NULL CHECK (amount > 0),
  annual_rate numeric NOT NULL CHECK (annual_rate >= 0),
  due_on date NOT NULL,
  valid_until date NOT NULL CHECK (valid_until <= due_on),
  offered_by text NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.discount_offer IS 'A buyer offers to pay a confirmed payable early for a discount, from its own cash; minor units. Append-only. Desk: credit/discounting.';

CREATE TABLE credit.early_payment (
  offer_id uuid PRIMARY KEY REFERENCES credit.discount_offer (id),
  discount bigint NOT NULL CHECK (discount >= 0),
  paid bigint NOT NULL CHECK (paid > 0),
  paid_on date NOT NULL,
  transfers uuid[] NOT NULL,
  accepted_by text NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE credit.early_payment IS 'The supplier accepted an offer and was paid early, minor units: paid + discount is the payable. Append-only. Desk: credit/discounting.';

CREATE TRIGGER lot_append_only BEFORE UPDATE OR DELETE ON credit.lot
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER security_append_only BEFORE UPDATE OR DELETE ON credit.security
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER pledge_append_only BEFORE UPDATE OR DELETE ON credit.pledge
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER lot_event_append_only BEFORE UPDATE OR DELETE ON credit.lot_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER goods_price_append_only BEFORE UPDATE OR DELETE ON credit.goods_price
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER price_confirmation_append_only BEFORE UPDATE OR DELETE ON credit.price_confirmation
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER appraisal_append_only BEFORE UPDATE OR DELETE ON credit.appraisal
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER margin_event_append_only BEFORE UPDATE OR DELETE ON credit.margin_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE ON credit.release
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER custodian_instruction_append_only BEFORE UPDATE OR DELETE ON credit.custodian_instruction
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER custodian_answer_append_only BEFORE UPDATE OR DELETE ON credit.custodian_answer
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER collateral_case_append_only BEFORE UPDATE OR DELETE ON credit.collateral_case
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER discount_offer_append_only BEFORE UPDATE OR DELETE ON credit.discount_offer
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER early_payment_append_only BEFORE UPDATE OR DELETE ON credit.early_payment
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
