-- What lists and figures need of an alert beside its document: kind, what it follows, when it was sent, and the feedback owed.
-- oldest release: 0.1.0
alter table alert add column kind text;
alter table alert add column purpose text;
alter table alert add column follows uuid;
alter table alert add column sent_at timestamptz;
alter table alert add column feedback_due_at timestamptz;
alter table alert add column feedback_given_at timestamptz;
alter table alert add column audit_open boolean not null default false;
update alert set kind = document ->> 'kind', purpose = 'alert';
-- squawk-ignore require-concurrent-index-creation
create index alert_follow_ups on alert (follows) where follows is not null;
-- squawk-ignore require-concurrent-index-creation
create index alert_feedback_open on alert (feedback_due_at) where feedback_due_at is not null and feedback_given_at is null;
-- squawk-ignore require-concurrent-index-creation
create index alert_to_audit on alert (alert_id) where audit_open;
-- squawk-ignore require-concurrent-index-creation
create index alert_by_sending on alert (sent_at) where sent_at is not null;
