-- That somebody was erased on request, why, and which official did it (none: the person): never who was erased.
create table erasure (
    erasure_id bigint generated always as identity primary key,
    erased_at timestamptz not null,
    reason text not null,
    official text
);
revoke update, delete on erasure from {app};
