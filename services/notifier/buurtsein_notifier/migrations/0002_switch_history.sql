-- Each use of the kill-switch is a row that stays; the last one counts.
alter table switch drop constraint switch_pkey;
alter table switch add column use_id bigint generated always as identity;
alter table switch add primary key (name, use_id);
revoke update, delete on switch from {app};
