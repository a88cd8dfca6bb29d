-- Look-ups of one day (of Vietnam's time, 2026-11-22), system, service and
-- result, counted in the commit of their entries of the record. took and
-- slowest are milliseconds.
create table usage (
	day     text not null check (length(day) = 10),
	sender  text not null,
	system  text not null,
	service text not null,
	result  text not null check (result in ('found', 'not-found', 'refused', 'error')),
	n       integer not null,
	asked   integer not null, -- those of n that came to the upstream
	took    integer not null,
	slowest integer not null,
	primary key (day, sender, system, service, result)
) strict, without rowid;
