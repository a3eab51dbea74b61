-- Verdicts stay as they are written: a row of inputs and outcome is some four kilobytes, and pressing
-- it to half of that (pglz) cost more of the server than all else that storing it does.
SET LOCAL lock_timeout = '5s';
ALTER TABLE decisions.verdict SET (toast_tuple_target = 8160);
