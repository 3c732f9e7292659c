-- On which days each campaign of the calendar was proposed, so that it is proposed once.
-- oldest release: 0.1.0
create table campaign_run (
    campaign text not null,
    day date not null,
    proposed_at timestamptz not null default now(),
    primary key (campaign, day)
);
