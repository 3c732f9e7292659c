-- How many coordinators a network has; who they are is the registry's. The file of an alert shows it.
create table network_coordinators (
    network_id uuid primary key,
    number integer not null
);
