-- One live application for each network, year and scheme: a granted one, or one of who was its coordinator when asking.
-- What somebody else asks for the network holds up nobody but themselves.
drop index application_live;
create unique index application_live on application (network_id, year, scheme_id)
    where state = 'GRANTED' or (state = 'SUBMITTED' and jsonb_path_exists(
        document, '$.conditions[*] ? (@.code == "requested_by_coordinator_on_form" && @.met == true)'));
create unique index application_live_of_requester on application (network_id, year, scheme_id, requester)
    where state in ('SUBMITTED', 'GRANTED');
