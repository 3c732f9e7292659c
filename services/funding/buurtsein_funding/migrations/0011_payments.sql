-- The account to which the support of an application is paid: holder, IBAN and message, encrypted under a data key of
-- each row, which is encrypted under the installation key `key_id`.
-- oldest release: 0.1.0
create table payment_account (
    application_id uuid primary key references application on delete cascade,
    data bytea not null,
    key_id text not null,
    data_key bytea not null,
    given_at timestamptz not null default now()
);

-- A payment file: prepared by one person, released by another. `data` is what the file is made of, with the accounts,
-- encrypted in the same way; retention empties it.
create table payment_batch (
    batch_id uuid primary key,
    state text not null,
    version integer not null,
    document jsonb not null,
    schema smallint not null,
    data bytea,
    key_id text,
    data_key bytea,
    prepared_at timestamptz not null
);

create table payment (
    end_to_end_id text primary key,
    batch_id uuid not null references payment_batch on delete cascade,
    application_id uuid not null references application on delete cascade,
    cents bigint not null,
    state text not null,
    paid_on date,
    reason text
);

-- Nothing is paid twice: an application has at most one payment that is under way or done.
create unique index payment_once on payment (application_id) where state in ('WAITING', 'PAID');
create index payment_of_batch on payment (batch_id);
create index payment_of_application on payment (application_id);

-- Who read an account, or a payment file with its accounts.
create table account_reading (
    application_id uuid,
    batch_id uuid,
    reader text not null,
    role text not null,
    read_at timestamptz not null default now()
);

create index account_reading_by_age on account_reading (read_at);
revoke update, delete on account_reading from {app};
