-- Which version of each projection its rows are of; a lower one than the program declares is stale until it is rebuilt.
create table projection (
    name text primary key,
    version integer not null,
    rebuilt_at timestamptz
);

grant select, insert, update on projection to {app};
