-- Terms count once a second person has released them: who proposes a version never releases it,
-- whatever the program believes. Versions recorded before this rule were run as files, proposed by
-- their file and released by who recorded them; they stay in force.
CREATE TABLE credit.programme_release (
  code text NOT NULL,
  version integer NOT NULL,
  released_at timestamptz NOT NULL,
  released_by text NOT NULL,
  PRIMARY KEY (code, version),
  FOREIGN KEY (code, version) REFERENCES credit.programme (code, version)
);
COMMENT ON TABLE credit.programme_release IS
'Who let a programme version count, and when; never who proposed it. Append-only. Desk: credit/products.';
COMMENT ON TABLE credit.programme IS
'Programme versions as proposed: terms, tolerances, limits, suppliers; recorded_by proposed it. Append-only. Desk: credit/products.';

INSERT INTO credit.programme_release (code, version, released_at, released_by)
SELECT code, version, recorded_at, recorded_by
FROM credit.programme;

CREATE TRIGGER programme_release_append_only BEFORE UPDATE OR DELETE ON credit.programme_release
FOR EACH ROW EXECUTE FUNCTION ground.refuse_change();

CREATE FUNCTION credit.guard_release() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.released_by = (
    SELECT p.recorded_by
    FROM credit.programme p
    WHERE p.code = NEW.code AND p.version = NEW.version
  ) THEN
    RAISE EXCEPTION 'programme % v% is released by who proposed it', NEW.code, NEW.version
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER programme_release_guard BEFORE INSERT ON credit.programme_release
FOR EACH ROW EXECUTE FUNCTION credit.guard_release();
