-- A recognition counts from its first day to its last; what was recognised before this was known, counts until told otherwise.
-- `recognised` stays for processes of the release before, which read and write it; the next release drops it.
alter table known_network add column recognised_from date, add column recognised_until date;
update known_network set recognised_from = '-infinity' where recognised;
