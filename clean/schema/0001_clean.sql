-- The lists of people that are being checked against the population database.
-- Times are UTC milliseconds. Nothing here is a name, a number or a date of a
-- person: a list and its people are told by keyed hashes.
create table clean_job (
	id       blob not null primary key check (length(id) = 16), -- keyed hash of who asks for what, and of everybody in the list
	sender   text not null,
	system   text not null,
	began    integer not null,
	touched  integer not null,                                  -- when somebody last worked on it, to the hour
	finished integer                                            -- when its result was handed over
) strict, without rowid;

-- One row a person. It is marked as asking before the question leaves, and done
-- once the answer is there, so a row that a dead daemon left as asking may have
-- been asked. A row that is not here was not.
create table clean_row (
	job     blob not null check (length(job) = 16),
	n       integer not null check (n > 0),                     -- place in the list
	digest  blob not null check (length(digest) = 16),          -- keyed hash of what is asked, of this job only
	code    blob not null check (length(code) = 16),            -- the request code, an lgsp.ID
	state   integer not null check (state in (1, 2)),           -- 1 asking, 2 done
	verdict text check (verdict in ('match', 'differs', 'absent', 'failed')),
	wrong   text check (wrong in ('name', 'born', 'name,born')),
	reason  text check (length(reason) between 1 and 40 and reason not glob '*[^A-Za-z0-9._-]*'),
	at      integer not null,                                   -- when it came to its state
	primary key (job, n),
	check ((state = 2) = (verdict is not null)),
	check ((verdict is 'differs') = (wrong is not null)),
	check ((verdict is 'failed') = (reason is not null))
) strict, without rowid;
