-- Who read which person's data in the vault, in which role, when and why; rows are only added.
-- oldest release: 0.1.0
create table vault_read (
    read_id bigint generated always as identity primary key,
    person text not null,
    reader text not null,
    role text not null,
    -- Encrypted under the data key of the person, because an official can type a name.
    reason bytea,
    read_at timestamptz not null
);
create index vault_read_by_person on vault_read (person, read_at);
revoke update, delete on vault_read from {app};
