-- What an application would keep in PostgreSQL for the same work: documents with a kept open
-- amount, double entry, an outbox, and the keys of requests with their replies.
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, currency char(3) NOT NULL);
CREATE TABLE invoices (
    id bigint PRIMARY KEY, number text NOT NULL, customer_id int NOT NULL, currency char(3) NOT NULL,
    issue_date date NOT NULL, due_date date NOT NULL, net bigint NOT NULL, tax bigint NOT NULL,
    total bigint NOT NULL, open bigint NOT NULL);
CREATE TABLE invoice_lines (
    invoice_id bigint NOT NULL, line smallint NOT NULL, words text NOT NULL, quantity numeric NOT NULL,
    price numeric NOT NULL, tax numeric NOT NULL, PRIMARY KEY (invoice_id, line));
CREATE TABLE entries (id bigint PRIMARY KEY, day date NOT NULL, document text NOT NULL, recorded timestamptz NOT NULL DEFAULT now());
CREATE TABLE postings (
    entry_id bigint NOT NULL, line smallint NOT NULL, account int NOT NULL, customer_id int NOT NULL,
    currency char(3) NOT NULL, minor bigint NOT NULL, PRIMARY KEY (entry_id, line));
CREATE TABLE outbox (id bigserial PRIMARY KEY, kind text NOT NULL, customer_id int NOT NULL, invoice_id bigint NOT NULL, address text, sent timestamptz);
CREATE TABLE replies (key text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), input bytea NOT NULL, reply text NOT NULL);
