-- Demand deposits of people and firms: who holds which account of the ledger, transfers that can be
-- recalled until their window ends, bills, and locks people set on themselves. Money is the ledger's;
-- here stands what it was for. A transfer is held or has ended, never both and never neither, and it
-- ends once: by primary keys and a trigger at commit.
INSERT INTO books.account_type (code, zh, en, class, normal_side) VALUES
('transfer_hold', '客户待付转账', 'Transfers that may be recalled', 'liability', 'credit');

CREATE TABLE payments.deposit_holder (
  holder text COLLATE "C" PRIMARY KEY CHECK (holder ~ '^(person|supplier):[0-9A-Za-z-]+$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 140),
  born_on date,
  since timestamptz NOT NULL,
  CHECK (born_on IS NULL OR holder LIKE 'person:%')
);
COMMENT ON TABLE payments.deposit_holder IS
'Who holds deposits: a person or a firm, under the name the ledger spells it by. Append-only. Desk: payments/deposits.';

CREATE TABLE payments.deposit_account (
  id uuid PRIMARY KEY,
  holder text COLLATE "C" NOT NULL REFERENCES payments.deposit_holder (holder),
  place smallint NOT NULL CHECK (place BETWEEN 1 AND 99),
  ledger_account bigint NOT NULL UNIQUE,
  number text COLLATE "C" NOT NULL UNIQUE CHECK (number ~ '^88[0-9]{16}$'),
  currency char(3) NOT NULL REFERENCES books.currency (code),
  opened_on date NOT NULL,
  opened_at timestamptz NOT NULL,
  UNIQUE (holder, currency, place)
);
COMMENT ON TABLE payments.deposit_account IS
'Demand deposit accounts: the ledger account and the number people write. Append-only. Desk: payments/deposits.';

CREATE TABLE payments.payee (
  id uuid PRIMARY KEY,
  holder text COLLATE "C" NOT NULL REFERENCES payments.deposit_holder (holder),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 140),
  account text COLLATE "C" NOT NULL CHECK (length(account) BETWEEN 1 AND 34),
  bank text COLLATE "C",
  trusted_from timestamptz NOT NULL,
  added_at timestamptz NOT NULL,
  CHECK (trusted_from >= added_at)
);
COMMENT ON TABLE payments.payee IS
'Whom a holder pays; trusted_from is when a payee list that is locked lets him through. Append-only. Desk: payments/deposits.';
CREATE INDEX payee_holder ON payments.payee (holder);

CREATE TABLE payments.payee_removed (
  payee_id uuid PRIMARY KEY REFERENCES payments.payee (id),
  removed_at timestamptz NOT NULL
);
COMMENT ON TABLE payments.payee_removed IS 'Payees their holder took off the list. Append-only. Desk: payments/deposits.';

CREATE TABLE payments.biller (
  code text COLLATE "C" PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,40}$'),
  zh text NOT NULL CHECK (zh <> ''),
  en text NOT NULL CHECK (en <> ''),
  purpose text NOT NULL,
  account text COLLATE "C" NOT NULL CHECK (length(account) BETWEEN 1 AND 34),
  bank text COLLATE "C",
  since timestamptz NOT NULL
);
COMMENT ON TABLE payments.biller IS 'Who may send bills through the bank, and where he is paid. Append-only. Desk: payments/deposits.';

CREATE TABLE payments.bill (
  id uuid PRIMARY KEY,
  biller text COLLATE "C" NOT NULL REFERENCES payments.biller (code),
  holder text COLLATE "C" NOT NULL REFERENCES payments.deposit_holder (holder),
  customer_no text NOT NULL CHECK (length(customer_no) BETWEEN 1 AND 40),
  currency char(3) NOT NULL REFERENCES books.currency (code),
  amount bigint NOT NULL CHECK (amount > 0),
  period date NOT NULL CHECK (extract(DAY FROM period) = 1),
  due_on date NOT NULL,
  issued_at timestamptz NOT NULL
);
COMMENT ON TABLE payments.bill IS 'Bills for a month (its first day), as their biller sent them. Append-only. Desk: payments/deposits.';
CREATE INDEX bill_holder ON payments.bill (holder, due_on);

CREATE TABLE payments.transfer (
  id uuid PRIMARY KEY,
  key uuid NOT NULL UNIQUE,
  account_id uuid NOT NULL REFERENCES payments.deposit_account (id),
  payee_name text NOT NULL CHECK (length(payee_name) BETWEEN 1 AND 140),
  payee_account text COLLATE "C" NOT NULL CHECK (length(payee_account) BETWEEN 1 AND 34),
  payee_bank text COLLATE "C",
  currency char(3) NOT NULL REFERENCES books.currency (code),
  amount bigint NOT NULL CHECK (amount > 0),
  purpose text NOT NULL,
  memo text NOT NULL CHECK (length(memo) <= 140),
  bill_id uuid REFERENCES payments.bill (id),
  pauses text[] NOT NULL CHECK (pauses <@ ARRAY['scam', 'approval']),
  business_date date NOT NULL,
  made_by text NOT NULL,
  made_at timestamptz NOT NULL,
  pays_at timestamptz NOT NULL CHECK (pays_at >= made_at)
);
COMMENT ON TABLE payments.transfer IS
'Transfers as their holders ordered them, and when their recall window ends. Append-only. Desk: payments/deposits.';
CREATE INDEX transfer_account ON payments.transfer (account_id, made_at);

CREATE TABLE payments.transfer_hold (
  transfer_id uuid PRIMARY KEY REFERENCES payments.transfer (id),
  waits_for_approval boolean NOT NULL,
  due_at timestamptz NOT NULL
);
COMMENT ON TABLE payments.transfer_hold IS
'Transfers held now: a fold; due_at is when the loop pays one, or lets go what nobody approved. Desk: payments/deposits.';
CREATE INDEX transfer_hold_due ON payments.transfer_hold (due_at);

CREATE TABLE payments.transfer_approval (
  transfer_id uuid PRIMARY KEY REFERENCES payments.transfer (id),
  made_by text NOT NULL,
  approved_by text NOT NULL CHECK (approved_by <> made_by),
  approved_at timestamptz NOT NULL
);
COMMENT ON TABLE payments.transfer_approval IS
'Guardians'' consent to a transfer; never by who ordered it. Append-only. Desk: payments/deposits.';

CREATE TABLE payments.transfer_end (
  transfer_id uuid PRIMARY KEY REFERENCES payments.transfer (id),
  kind text NOT NULL CHECK (kind IN ('paid', 'recalled', 'refused', 'lapsed', 'failed')),
  reason text,
  ended_by text NOT NULL,
  business_date date NOT NULL,
  ended_at timestamptz NOT NULL,
  CHECK ((kind = 'failed') = (reason IS NOT NULL))
);
COMMENT ON TABLE payments.transfer_end IS
'How a transfer ended; its key lets it end once: paid or recalled, never both. Append-only. Desk: payments/deposits.';

-- Checked at commit, so that hold and end may be written in any order inside a transaction.
CREATE FUNCTION payments.guard_transfer() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  of_transfer uuid;
  held boolean;
  ended text;
BEGIN
  IF TG_TABLE_NAME = 'transfer' THEN
    of_transfer := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN
    of_transfer := OLD.transfer_id;
  ELSE
    of_transfer := NEW.transfer_id;
  END IF;
  SELECT EXISTS (SELECT 1 FROM payments.transfer_hold h WHERE h.transfer_id = of_transfer) INTO held;
  SELECT e.kind INTO ended FROM payments.transfer_end e WHERE e.transfer_id = of_transfer;
  IF held = (ended IS NOT NULL) THEN
    RAISE EXCEPTION 'transfer % is held or has ended, one of both', of_transfer
      USING ERRCODE = 'HL034';
  END IF;
  IF ended = 'paid'
    AND EXISTS (SELECT 1 FROM payments.transfer t WHERE t.id = of_transfer AND 'approval' = ANY(t.pauses))
    AND NOT EXISTS (SELECT 1 FROM payments.transfer_approval a WHERE a.transfer_id = of_transfer) THEN
    RAISE EXCEPTION 'transfer % was paid without its approval', of_transfer
      USING ERRCODE = 'HL034';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER transfer_stands AFTER INSERT ON payments.transfer
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments.guard_transfer();
CREATE CONSTRAINT TRIGGER transfer_hold_stands AFTER INSERT OR DELETE ON payments.transfer_hold
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments.guard_transfer();
CREATE CONSTRAINT TRIGGER transfer_end_stands AFTER INSERT ON payments.transfer_end
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments.guard_transfer();

CREATE TABLE payments.bill_claim (
  bill_id uuid PRIMARY KEY REFERENCES payments.bill (id),
  transfer_id uuid NOT NULL UNIQUE REFERENCES payments.transfer (id)
);
COMMENT ON TABLE payments.bill_claim IS
'The one transfer that pays a bill: a fold, let go when that transfer ends unpaid. Desk: payments/deposits.';

CREATE TABLE payments.posting_note (
  key uuid PRIMARY KEY,
  transfer_id uuid REFERENCES payments.transfer (id),
  purpose text NOT NULL,
  payer text NOT NULL,
  payee text NOT NULL,
  memo text NOT NULL
);
COMMENT ON TABLE payments.posting_note IS
'What a journal line means to the people on both sides of it, by its key. Append-only. Desk: payments/deposits.';

CREATE TABLE payments.lock_change (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  holder text COLLATE "C" NOT NULL REFERENCES payments.deposit_holder (holder),
  kind text NOT NULL CHECK (kind IN ('night', 'single', 'daily', 'payees')),
  amount bigint CHECK (amount >= 0),
  starts time,
  ends time,
  locked boolean NOT NULL,
  relaxes boolean NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  effective_at timestamptz NOT NULL,
  CHECK (effective_at = asked_at + CASE WHEN relaxes THEN interval '24 hours' ELSE interval '0' END),
  CHECK ((amount IS NOT NULL) = (locked AND kind IN ('single', 'daily'))),
  CHECK ((starts IS NOT NULL) = (locked AND kind = 'night') AND (ends IS NOT NULL) = (starts IS NOT NULL))
);
COMMENT ON TABLE payments.lock_change IS
'Locks people set on their own money; what relaxes one takes 24 hours. Append-only. Desk: payments/deposits.';
CREATE INDEX lock_change_holder ON payments.lock_change (holder, no);

CREATE TRIGGER deposit_holder_append_only BEFORE UPDATE OR DELETE ON payments.deposit_holder
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER deposit_account_append_only BEFORE UPDATE OR DELETE ON payments.deposit_account
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER payee_append_only BEFORE UPDATE OR DELETE ON payments.payee
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER payee_removed_append_only BEFORE UPDATE OR DELETE ON payments.payee_removed
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER biller_append_only BEFORE UPDATE OR DELETE ON payments.biller
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER bill_append_only BEFORE UPDATE OR DELETE ON payments.bill
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON payments.transfer
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER transfer_approval_append_only BEFORE UPDATE OR DELETE ON payments.transfer_approval
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER transfer_end_append_only BEFORE UPDATE OR DELETE ON payments.transfer_end
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER posting_note_append_only BEFORE UPDATE OR DELETE ON payments.posting_note
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER lock_change_append_only BEFORE UPDATE OR DELETE ON payments.lock_change
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

-- A statement names the other side of a line by its kind of account.
CREATE VIEW books.account_type_view AS
SELECT y.code, y.zh, y.en
FROM books.account_type y;
COMMENT ON VIEW books.account_type_view IS 'Kinds of account by name, zh and en. Desk: books/ledger.';
