-- An index for the networks whose recognition must be renewed by a day.
-- oldest release: 0.1.0
-- without a transaction
create index concurrently if not exists network_by_renewal on network ((document -> 'recognition' ->> 'renewal_on'))
where document -> 'recognition' ->> 'renewal_on' is not null;
