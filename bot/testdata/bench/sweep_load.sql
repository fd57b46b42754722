-- Open invoices with the stage of dunning that was said of each, and an outbox.
CREATE TABLE dunned (id bigint PRIMARY KEY, customer_id int NOT NULL, due_date date NOT NULL, open bigint NOT NULL, stage smallint NOT NULL);
\copy dunned FROM 'open.csv' CSV
CREATE TABLE dunning (invoice_id bigint PRIMARY KEY, customer_id int NOT NULL, stage smallint NOT NULL);
CREATE INDEX dunned_open ON dunned (customer_id, due_date) INCLUDE (open) WHERE open <> 0;
CREATE INDEX dunned_due ON dunned (due_date) INCLUDE (id, customer_id, stage, open) WHERE open <> 0;
VACUUM ANALYZE dunned;
CHECKPOINT;
