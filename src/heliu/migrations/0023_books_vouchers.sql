-- Digital receivable vouchers: a confirmed payable of a core enterprise, held by title and divisible.
-- Events are the truth, each a leaf of the evidence log; vouchers, fragments and financings are their
-- fold, and every law that a database can guard is guarded here a second time (V1 children sum to the
-- parent, V2 one holder and one financing, V3 one maturity, V4 unbroken title, V5 an invoice backs at
-- most its amount, V6 what is paid is what holders got).
CREATE TABLE books.voucher (
  id uuid PRIMARY KEY,
  issuer text NOT NULL CHECK (issuer <> ''),
  payee text NOT NULL CHECK (payee <> '' AND payee <> issuer),
  currency char(3) NOT NULL REFERENCES books.currency (code),
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 100000000000000),
  issued_on date NOT NULL,
  due_on date NOT NULL,
  drafted_by text NOT NULL CHECK (drafted_by <> ''),
  approved_by text CHECK (approved_by <> drafted_by),
  status text NOT NULL CHECK (status IN ('drafted', 'approved', 'accepted', 'void')),
  fragments integer NOT NULL CHECK (fragments >= 0),
  paid bigint NOT NULL CHECK (paid BETWEEN 0 AND amount),
  last_no integer NOT NULL CHECK (last_no > 0),
  last_on date NOT NULL,
  UNIQUE (id, due_on),
  CHECK (issued_on < due_on AND issued_on <= last_on),
  CHECK (status NOT IN ('approved', 'accepted') OR approved_by IS NOT NULL),
  CHECK (paid = 0 OR status = 'accepted')
);
COMMENT ON TABLE books.voucher IS 'Vouchers with the fold of their events, amounts in minor units; terms never change. Desk: books/vouchers.';

CREATE TABLE books.voucher_event (
  id uuid PRIMARY KEY,
  voucher_id uuid NOT NULL,
  no integer NOT NULL CHECK (no > 0),
  key uuid NOT NULL UNIQUE,
  command bytea NOT NULL CHECK (octet_length(command) = 32),
  salt bytea NOT NULL CHECK (octet_length(salt) = 32),
  payload bytea NOT NULL,
  recorded_at timestamptz NOT NULL,
  UNIQUE (voucher_id, no)
);
COMMENT ON TABLE books.voucher_event IS
'What happened to a voucher: canonical JSON and its salt; the leaf in the evidence log is their hash. command: digest of what was asked. Append-only. Desk: books/vouchers.';

CREATE TABLE books.voucher_backing (
  voucher_id uuid NOT NULL REFERENCES books.voucher (id),
  invoice_key text NOT NULL CHECK (invoice_key <> ''),
  check_digits text NOT NULL,
  currency char(3) NOT NULL,
  invoice_amount bigint NOT NULL CHECK (invoice_amount > 0),
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND invoice_amount),
  document_sha256 text NOT NULL CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (voucher_id, invoice_key)
);
COMMENT ON TABLE books.voucher_backing IS 'Which invoices back a voucher, and with how much (minor units). Append-only. Desk: books/vouchers.';
CREATE INDEX voucher_backing_invoice ON books.voucher_backing (invoice_key);

CREATE TABLE books.voucher_fragment (
  id uuid PRIMARY KEY,
  voucher_id uuid NOT NULL,
  place integer NOT NULL CHECK (place > 0),
  parent_id uuid,
  amount bigint NOT NULL CHECK (amount > 0),
  due_on date NOT NULL,
  holder text NOT NULL CHECK (holder <> ''),
  hops integer NOT NULL CHECK (hops >= 0),
  status text NOT NULL CHECK (status IN ('held', 'split', 'paid', 'void')),
  paid bigint NOT NULL CHECK (paid BETWEEN 0 AND amount),
  frozen_by text CHECK (frozen_by ~ '^[0-9a-f]{64}$'),
  UNIQUE (voucher_id, place),
  UNIQUE (id, voucher_id),
  FOREIGN KEY (voucher_id, due_on) REFERENCES books.voucher (id, due_on),
  FOREIGN KEY (parent_id, voucher_id) REFERENCES books.voucher_fragment (id, voucher_id),
  CHECK ((parent_id IS NULL) = (place = 1)),
  CHECK ((status = 'paid') = (paid = amount)),
  CHECK (paid = 0 OR status IN ('held', 'paid')),
  CHECK (frozen_by IS NULL OR status = 'held')
);
COMMENT ON TABLE books.voucher_fragment IS
'Fragments: the whole voucher is place 1, a split one lives on in its children. holder: of record; hops: entries in voucher_title. A fold. Desk: books/vouchers.';
CREATE INDEX voucher_fragment_parent ON books.voucher_fragment (parent_id);
CREATE INDEX voucher_fragment_holder ON books.voucher_fragment (holder) WHERE status = 'held';

CREATE TABLE books.voucher_title (
  fragment_id uuid NOT NULL REFERENCES books.voucher_fragment (id) DEFERRABLE INITIALLY DEFERRED,
  no integer NOT NULL CHECK (no > 0),
  event_id uuid NOT NULL REFERENCES books.voucher_event (id),
  transferor text NOT NULL CHECK (transferor <> ''),
  transferee text NOT NULL CHECK (transferee <> '' AND transferee <> transferor),
  deed_sha256 text NOT NULL CHECK (deed_sha256 ~ '^[0-9a-f]{64}$'),
  basis_sha256 text NOT NULL CHECK (basis_sha256 ~ '^[0-9a-f]{64}$'),
  passed_on date NOT NULL,
  PRIMARY KEY (fragment_id, no)
);
COMMENT ON TABLE books.voucher_title IS
'Chain of title: each hop with the deed both parties signed and the document it rests on, by SHA-256. Append-only. Desk: books/vouchers.';

CREATE TABLE books.voucher_financing (
  id uuid PRIMARY KEY REFERENCES books.voucher_event (id),
  fragment_id uuid NOT NULL REFERENCES books.voucher_fragment (id),
  kind text NOT NULL CHECK (kind IN ('pledge', 'assignment')),
  obligor text NOT NULL CHECK (obligor <> ''),
  financier text NOT NULL CHECK (financier <> '' AND financier <> obligor),
  amount bigint NOT NULL CHECK (amount > 0),
  paid bigint NOT NULL CHECK (paid BETWEEN 0 AND amount),
  registry_no text NOT NULL UNIQUE CHECK (registry_no <> ''),
  financed_on date NOT NULL,
  released_on date
);
COMMENT ON TABLE books.voucher_financing IS
'Financing of a fragment by pledge or assignment, amounts in minor units; one stands at a time, released once. Desk: books/vouchers.';
CREATE UNIQUE INDEX voucher_financing_lock ON books.voucher_financing (fragment_id) WHERE released_on IS NULL;

CREATE TABLE books.voucher_payout (
  event_id uuid NOT NULL REFERENCES books.voucher_event (id),
  no integer NOT NULL CHECK (no > 0),
  fragment_id uuid NOT NULL REFERENCES books.voucher_fragment (id),
  payee text NOT NULL CHECK (payee <> ''),
  amount bigint NOT NULL CHECK (amount > 0),
  transfer_key uuid NOT NULL UNIQUE,
  PRIMARY KEY (event_id, no)
);
COMMENT ON TABLE books.voucher_payout IS 'Who was paid for which fragment, in minor units, and the transfer in the ledger. Append-only. Desk: books/vouchers.';
CREATE INDEX voucher_payout_fragment ON books.voucher_payout (fragment_id);

CREATE TRIGGER voucher_event_append_only BEFORE UPDATE OR DELETE ON books.voucher_event
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER voucher_backing_append_only BEFORE UPDATE OR DELETE ON books.voucher_backing
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER voucher_title_append_only BEFORE UPDATE OR DELETE ON books.voucher_title
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
CREATE TRIGGER voucher_payout_append_only BEFORE UPDATE OR DELETE ON books.voucher_payout
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();
-- Folds keep what they were born with, and are never taken away.
CREATE FUNCTION books.guard_voucher() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'DELETE' OR to_jsonb(NEW) - '{approved_by,status,fragments,paid,last_no,last_on}'::text[]
    <> to_jsonb(OLD) - '{approved_by,status,fragments,paid,last_no,last_on}'::text[]
    OR NEW.last_no <= OLD.last_no OR NEW.last_on < OLD.last_on OR NEW.paid < OLD.paid
    OR NEW.fragments < OLD.fragments OR OLD.status = 'void'
    OR NEW.approved_by IS DISTINCT FROM coalesce(OLD.approved_by, NEW.approved_by) THEN
    RAISE EXCEPTION 'voucher % would lose its history', OLD.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER voucher_guard BEFORE UPDATE OR DELETE ON books.voucher
FOR EACH ROW EXECUTE FUNCTION books.guard_voucher();

CREATE FUNCTION books.guard_voucher_fragment() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'DELETE' OR to_jsonb(NEW) - '{holder,hops,status,paid,frozen_by}'::text[]
    <> to_jsonb(OLD) - '{holder,hops,status,paid,frozen_by}'::text[]
    OR NEW.hops < OLD.hops OR NEW.paid < OLD.paid OR OLD.status <> 'held' THEN
    RAISE EXCEPTION 'voucher fragment % would lose its history', OLD.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER voucher_fragment_guard BEFORE UPDATE OR DELETE ON books.voucher_fragment
FOR EACH ROW EXECUTE FUNCTION books.guard_voucher_fragment();

CREATE FUNCTION books.guard_voucher_financing() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'DELETE' OR to_jsonb(NEW) - '{paid,released_on}'::text[] <> to_jsonb(OLD) - '{paid,released_on}'::text[]
    OR NEW.paid < OLD.paid OR OLD.released_on IS NOT NULL THEN
    RAISE EXCEPTION 'financing % would lose its history', OLD.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER voucher_financing_guard BEFORE UPDATE OR DELETE ON books.voucher_financing
FOR EACH ROW EXECUTE FUNCTION books.guard_voucher_financing();

-- At the end of the transaction a fragment must be what its children, its titles and its payouts say.
CREATE FUNCTION books.guard_voucher_tree(fragment uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  f books.voucher_fragment;
  parted bigint;
  got bigint;
  at_hop integer := 0;
  owner text;
  hop books.voucher_title;
BEGIN
  SELECT x.* INTO f FROM books.voucher_fragment x WHERE x.id = fragment;
  IF f.id IS NULL THEN
    RETURN;
  END IF;
  SELECT coalesce(sum(c.amount), 0) INTO parted FROM books.voucher_fragment c WHERE c.parent_id = f.id;
  IF parted <> (CASE f.status WHEN 'split' THEN f.amount ELSE 0 END) THEN
    RAISE EXCEPTION 'V1: the children of voucher fragment % do not sum to it', f.id
      USING ERRCODE = 'check_violation';
  END IF;
  SELECT coalesce(p.holder, v.issuer) INTO owner
  FROM books.voucher v
  LEFT JOIN books.voucher_fragment p ON p.id = f.parent_id
  WHERE v.id = f.voucher_id;
  FOR hop IN SELECT t.* FROM books.voucher_title t WHERE t.fragment_id = f.id ORDER BY t.no LOOP
    at_hop := at_hop + 1;
    IF hop.no <> at_hop OR hop.transferor <> owner THEN
      RAISE EXCEPTION 'V4: the title of voucher fragment % is broken', f.id
        USING ERRCODE = 'check_violation';
    END IF;
    owner := hop.transferee;
  END LOOP;
  IF at_hop <> f.hops OR owner <> f.holder OR (f.parent_id IS NULL AND at_hop = 0) THEN
    RAISE EXCEPTION 'V2: voucher fragment % is not held by its last transferee', f.id
      USING ERRCODE = 'check_violation';
  END IF;
  SELECT coalesce(sum(p.amount), 0) INTO got FROM books.voucher_payout p WHERE p.fragment_id = f.id;
  IF got <> f.paid THEN
    RAISE EXCEPTION 'V6: voucher fragment % was not paid what its holders got', f.id
      USING ERRCODE = 'check_violation';
  END IF;
  IF f.status <> 'held' AND f.status <> 'paid' AND EXISTS (
    SELECT 1 FROM books.voucher_financing l WHERE l.fragment_id = f.id AND l.released_on IS NULL
  ) THEN
    RAISE EXCEPTION 'V2: voucher fragment % is financed and cannot end', f.id
      USING ERRCODE = 'check_violation';
  END IF;
END
$$;

CREATE FUNCTION books.guard_fragment_end() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM books.guard_voucher_tree(NEW.id);
  IF tg_op = 'INSERT' AND NEW.parent_id IS NOT NULL THEN
    PERFORM books.guard_voucher_tree(NEW.parent_id);
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER voucher_fragment_end AFTER INSERT OR UPDATE ON books.voucher_fragment
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION books.guard_fragment_end();

CREATE FUNCTION books.guard_fragment_part() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM books.guard_voucher_tree(NEW.fragment_id);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER voucher_title_end AFTER INSERT ON books.voucher_title
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION books.guard_fragment_part();
CREATE CONSTRAINT TRIGGER voucher_payout_end AFTER INSERT ON books.voucher_payout
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION books.guard_fragment_part();
CREATE CONSTRAINT TRIGGER voucher_financing_end AFTER INSERT ON books.voucher_financing
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION books.guard_fragment_part();

-- A voucher's numbers are those of its fragments, its events and its backing.
CREATE FUNCTION books.guard_voucher_end() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  v books.voucher;
  backed bigint;
  events integer;
  born integer;
  whole bigint;
  paid bigint;
  standing integer;
BEGIN
  SELECT x.* INTO v FROM books.voucher x WHERE x.id = NEW.id;
  SELECT coalesce(sum(b.amount), 0) INTO backed FROM books.voucher_backing b WHERE b.voucher_id = v.id;
  SELECT count(*) INTO events FROM books.voucher_event e WHERE e.voucher_id = v.id;
  SELECT count(*), coalesce(sum(f.amount) FILTER (WHERE f.status <> 'split'), 0), coalesce(sum(f.paid), 0),
    count(*) FILTER (WHERE f.status IN ('held', 'paid'))
  INTO born, whole, paid, standing
  FROM books.voucher_fragment f
  WHERE f.voucher_id = v.id;
  IF backed <> v.amount OR events <> v.last_no OR born <> v.fragments OR paid <> v.paid
    OR whole <> (CASE WHEN born > 0 THEN v.amount ELSE 0 END)
    OR (v.status = 'accepted') <> (standing > 0) THEN
    RAISE EXCEPTION 'voucher % is not the sum of its parts', v.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER voucher_end AFTER INSERT OR UPDATE ON books.voucher
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION books.guard_voucher_end();

-- V5. The lock makes two transactions that use one invoice see each other, whoever wrote them.
CREATE FUNCTION books.guard_voucher_backing() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  used bigint;
  least_amount bigint;
  versions integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('invoice ' || NEW.invoice_key, 726371));
  SELECT sum(b.amount), min(b.invoice_amount), count(DISTINCT (b.invoice_amount, b.currency, b.check_digits))
  INTO used, least_amount, versions
  FROM books.voucher_backing b
  JOIN books.voucher v ON v.id = b.voucher_id AND v.status <> 'void'
  WHERE b.invoice_key = NEW.invoice_key;
  IF used > least_amount OR versions > 1 THEN
    RAISE EXCEPTION 'V5: an invoice would back more than its amount (voucher %)', NEW.voucher_id
      USING ERRCODE = 'check_violation';
  END IF;
  SELECT sum(b.amount) - min(v.amount) INTO used
  FROM books.voucher_backing b
  JOIN books.voucher v ON v.id = b.voucher_id
  WHERE b.voucher_id = NEW.voucher_id;
  IF used <> 0 THEN
    RAISE EXCEPTION 'the invoices behind voucher % do not sum to it', NEW.voucher_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER voucher_backing_end AFTER INSERT ON books.voucher_backing
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION books.guard_voucher_backing();
