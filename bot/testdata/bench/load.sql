\copy invoices FROM 'invoices.csv' CSV
INSERT INTO customers SELECT DISTINCT customer_id, 'Customer ' || customer_id || ' GmbH', 'EUR' FROM invoices;
INSERT INTO invoice_lines SELECT id, n, 'Consulting, October', 1, net / 200.0, 19 FROM invoices, generate_series(1, 2) n;
INSERT INTO entries SELECT id, issue_date, number FROM invoices;
INSERT INTO postings SELECT i.id, p.line, p.account, i.customer_id, i.currency, p.minor FROM invoices i,
    LATERAL (VALUES (1, 1, total), (2, 5, -net), (3, 4, -tax)) p(line, account, minor);
CREATE INDEX invoices_customer ON invoices (customer_id, due_date);
CREATE INDEX invoices_open ON invoices (due_date, id) INCLUDE (customer_id, currency, open) WHERE open <> 0;
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent IS NULL;
CREATE SEQUENCE invoice_id START 10000001;
VACUUM ANALYZE;
CHECKPOINT;
