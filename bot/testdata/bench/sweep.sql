-- Today's contacts: chosen, and then recorded in one transaction.
\timing on
SELECT count(*) FROM (SELECT id, CASE WHEN d >= 30 THEN 4 WHEN d >= 14 THEN 3 WHEN d >= 7 THEN 2 WHEN d >= 3 THEN 1 ELSE 0 END st, stage
    FROM (SELECT id, stage, DATE :'day' - due_date d FROM dunned WHERE open <> 0 AND due_date < DATE :'day') x) y WHERE st > stage;
BEGIN;
INSERT INTO dunning SELECT id, customer_id, st FROM (SELECT id, customer_id, CASE WHEN d >= 30 THEN 4 WHEN d >= 14 THEN 3 WHEN d >= 7 THEN 2 WHEN d >= 3 THEN 1 ELSE 0 END st, stage
    FROM (SELECT id, customer_id, stage, DATE :'day' - due_date d FROM dunned WHERE open <> 0 AND due_date < DATE :'day') x) y WHERE st > stage;
UPDATE dunned i SET stage = o.stage FROM dunning o WHERE o.invoice_id = i.id AND i.stage < o.stage;
COMMIT;
