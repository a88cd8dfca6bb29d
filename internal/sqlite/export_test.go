package sqlite

// Waiting is how many writes wait for the writer to take them.
func (db *DB) Waiting() int { return len(db.writer.queue) }
