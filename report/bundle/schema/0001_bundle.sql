-- The figures of other daemons: the latest bundle of each node and period, as
-- it was signed. made and imported are UTC milliseconds.
create table bundle (
	node     text not null,
	period   text not null,
	seq      integer not null, -- of the node's record that it rests on
	hash     text not null,
	made     integer not null,
	imported integer not null,
	by       text not null,    -- who imported it
	raw      blob not null,
	primary key (node, period)
) strict;
