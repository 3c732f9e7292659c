-- What lists and sums of applications need as columns, and the budget: what each application takes of its year. A draft,
-- an incomplete application and one under review are live too: a network has one for each year and scheme.
-- oldest release: 0.1.0
alter table application
    add column requested_cents bigint not null default 0,
    add column granted_cents bigint,
    add column held_cents bigint not null default 0,
    add column changed_at timestamptz not null default now();

update application set
    requested_cents = (select sum((line ->> 'cents')::bigint) from jsonb_array_elements(document -> 'cost_lines') line),
    granted_cents = (document #>> '{decision,granted_cents}')::bigint,
    held_cents = coalesce((document #>> '{decision,granted_cents}')::bigint, 0),
    changed_at = coalesce(document #>> '{decision,decided_at}', document ->> 'requested_at')::timestamptz;

-- squawk-ignore require-concurrent-index-creation
create unique index application_live_for_year on application (network_id, year, scheme_id)
    where state not in ('REJECTED', 'WITHDRAWN');
-- squawk-ignore require-concurrent-index-deletion
drop index application_live;
-- squawk-ignore require-concurrent-index-deletion
drop index application_live_of_requester;

-- squawk-ignore require-concurrent-index-creation
create index application_of_network on application (network_id, application_id);
-- squawk-ignore require-concurrent-index-creation
create index application_by_change on application (changed_at, application_id);
-- squawk-ignore require-concurrent-index-creation
create index application_by_year on application (year, scheme_id, state)
    include (requested_cents, granted_cents, held_cents);
-- squawk-ignore require-concurrent-index-creation
create index application_of_requester on application (requester);
