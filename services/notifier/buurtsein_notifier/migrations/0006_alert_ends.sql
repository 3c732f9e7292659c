-- Deliveries that may not be sent any more, and those that police took back in time.
alter table delivery drop constraint delivery_state_check;
alter table delivery add constraint delivery_state_check
    check (state in ('ready', 'leased', 'sent', 'failed', 'expired', 'unknown', 'blocked', 'withdrawn'));
