-- The rows of other lists that were entered, so that each is entered once. `became` is the id of a network or membership,
-- without a foreign key: the row stays when a person is erased, so that the list does not bring the person back.
-- oldest release: 0.1.0
create table imported_row (
    -- `networks`, or the id of the network to which a member was added.
    scope text not null,
    system text not null,
    number text not null,
    became uuid not null,
    actor text not null,
    reason text,
    imported_at timestamptz not null,
    primary key (scope, system, number)
);
revoke update, delete on imported_row from {app};
