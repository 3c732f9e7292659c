create table report (
    report_id uuid primary key,
    reference text not null unique,
    tracking_sha256 bytea not null,
    category text not null,
    severity text not null,
    route_to text[] not null,
    channel text not null,
    status text not null,
    text text not null,
    happened_from timestamptz not null,
    happened_to timestamptz,
    latitude double precision not null,
    longitude double precision not null,
    postcode text,
    street text,
    house_number text,
    network_id uuid,
    reported_at timestamptz not null
);

-- Who reported, apart from what was reported; nothing that members or coordinators can read ever joins it.
create table reporter (
    report_id uuid primary key references report on delete cascade,
    name text,
    email text,
    phone text,
    language text not null
);

-- Who read the text and the reporter of a report; append-only.
create table report_reading (
    id bigint generated always as identity primary key,
    report_id uuid not null references report,
    reader text not null,
    role text not null,
    read_at timestamptz not null default now()
);

revoke update, delete on report_reading from {app};

-- Emergencies that were sent to 101 or 112; all that is kept of them.
create table emergency_count (
    day date not null,
    category text not null,
    refused bigint not null,
    primary key (day, category)
);

-- Networks as their own events tell; the four edges are those of the area's bounding box.
create table known_network (
    network_id uuid primary key,
    code text not null,
    kind text not null,
    recognised boolean not null default false,
    west double precision not null,
    south double precision not null,
    east double precision not null,
    north double precision not null,
    area jsonb not null
);
