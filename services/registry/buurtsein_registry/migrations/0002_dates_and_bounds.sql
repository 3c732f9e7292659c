-- New columns have a default or may be empty: a process of the release before writes rows without them.
-- Until when a network is recognised, and when something last happened to it: for the overview and for retention.
alter table network add column recognised_from date;
alter table network add column recognised_until date;
alter table network add column applicant text;
alter table network add column updated_at timestamptz not null default now();

update network set
    recognised_from = (document #>> '{recognition,start}')::date,
    recognised_until = (document #>> '{recognition,end}')::date,
    applicant = document ->> 'applicant';

create index network_by_applicant on network (applicant) where state not in ('REJECTED', 'RECOGNISED');

-- When a membership began and ended; of one from before this migration, the moments of its events.
alter table member add column joined_at timestamptz not null default now();
alter table member add column left_at timestamptz;
update member set
    joined_at = coalesce(
        (select min(occurred_at) from event_log where type = 'be.bin.member.joined.v1' and subject = member_id::text),
        now()
    ),
    left_at = case when status = 'ACTIVE' then null else coalesce(
        (select max(occurred_at) from event_log where type = 'be.bin.member.left.v1' and subject = member_id::text),
        now()
    ) end;
create index member_by_person on member (person);

-- The enterprise number of a natural person says who it is: into the vault with it.
alter table person_vault add column enterprise_number text;
update person_vault v set enterprise_number = m.document #>> '{enterprise,number}'
from member m
where m.person = v.person and m.document #>> '{enterprise,legal_person}' = 'false';
update member set document = (document - 'enterprise') || jsonb_build_object(
    'enterprise_number',
    case when document #>> '{enterprise,legal_person}' = 'true' then document #>> '{enterprise,number}' end,
    'joined_at', joined_at,
    'left_at', left_at
);
