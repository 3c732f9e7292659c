-- Whether police hold back the message of one alert; the release before does not know it, and sends such a message.
-- oldest release: 0.1.0
alter table delivery add column held_back boolean not null default false;
