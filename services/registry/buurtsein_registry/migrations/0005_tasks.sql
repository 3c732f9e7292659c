-- Work that officials must do by a day, such as a notice to the FOD about a network.
-- oldest release: 0.1.0
create table task (
    task_id uuid primary key,
    kind text not null,
    network_id uuid not null references network on delete cascade,
    about text,
    due_on date not null,
    opened_at timestamptz not null,
    done_at timestamptz,
    done_by text
);
create index task_open on task (due_on, task_id) where done_at is null;
create index task_of_network on task (network_id);
