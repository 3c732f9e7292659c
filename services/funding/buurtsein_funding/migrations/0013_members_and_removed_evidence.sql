-- Projected from bin.members: the ids of the memberships of each network, with which a scheme counts. And evidence can be
-- taken back by the network before the city saw it.
-- oldest release: 0.1.0
create table network_members (
    network_id uuid primary key,
    schema smallint not null default 1,
    document jsonb not null
);

grant delete on evidence to {app};
