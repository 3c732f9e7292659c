create table lamp (lamp_id uuid primary key);
create table known_network (network_id text primary key);
