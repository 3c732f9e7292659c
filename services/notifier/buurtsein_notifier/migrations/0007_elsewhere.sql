-- Facts of another place that an alert holds only because too many proposals are open nearby: when police decide on
-- the alert, they decide nothing about these; they are judged again.
alter table alert_fact add column elsewhere boolean not null default false;
create index alert_fact_elsewhere on alert_fact (alert_id) where elsewhere;
