-- A reporter who is signed in may ask to follow a report from the account: then the report has a keyed digest of the pseudonym, from
-- which nobody can tell who it was. Retention empties it with the text.
-- oldest release: 0.1.0
alter table report add column account bytea;

-- squawk-ignore require-concurrent-index-creation
create index report_of_account on report (account, reported_at) where account is not null;
