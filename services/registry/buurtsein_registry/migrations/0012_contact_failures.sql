-- The channels by which a member cannot be reached, until the member corrects the number or address.
-- oldest release: 0.1.0
create table contact_failure (
    member_id uuid not null references member on delete cascade,
    channel text not null,
    failed_at timestamptz not null,
    primary key (member_id, channel)
);
