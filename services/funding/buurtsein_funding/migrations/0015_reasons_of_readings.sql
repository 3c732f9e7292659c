-- Why somebody of the city read an account, a payment file or evidence: a word of a list. Null for a coordinator, who reads
-- what is of the own network.
-- oldest release: 0.1.0
alter table account_reading add column reason text;
