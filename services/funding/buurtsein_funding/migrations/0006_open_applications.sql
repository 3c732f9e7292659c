-- When an application was submitted for the first time: the city does not see a draft that was never submitted. A row of the
-- old release, which has no drafts, is submitted when it is added. And an index of the few applications that are not decided
-- yet, for the queue of the city among many that are.
-- oldest release: 0.1.0
-- squawk-ignore adding-field-with-default
alter table application add column requested_at timestamptz default now();

update application set requested_at = (document ->> 'requested_at')::timestamptz;

-- squawk-ignore require-concurrent-index-creation
create index application_open on application (application_id)
    where state in ('DRAFT', 'SUBMITTED', 'INCOMPLETE', 'UNDER_REVIEW');
