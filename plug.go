package lgsp

import "context"

// Mapper turns an envelope into the document its upstream understands.
//
// Map is pure: the same envelope gives the same document, whatever ran before.
// Errors: Invalid (with every bad field) when the message is at fault;
// Unavailable when the mapper itself cannot work now, which keeps the message
// and maps it later.
type Mapper interface {
	Map(ctx context.Context, e Envelope) (Document, error)
}

// Replier turns the answer to a look-up into the words of the system that
// asked. It is an optional part of a Mapper.
//
// Reply is pure, and sees of the answer only what the system is approved for:
// a.Body is one XML element that was filtered before, in the form that the
// replier asks for. Errors: Unknown when the answer cannot be put into those
// words; they never say what is in it.
type Replier interface {
	Reply(ctx context.Context, e Envelope, a Ack) ([]byte, error)
}

// Line is what a source is given to hand messages to.
type Line interface {
	// Accept takes one message. A nil error means that it is on disk: it will
	// be delivered, or stay visible with a reason, whatever happens next.
	//
	// Errors: Invalid (kept as rejected; the receipt holds its ID), Conflict
	// (another message has the same own id), NotFound (no such service),
	// Forbidden (the sender is not approved for it), Throttled or Unavailable
	// (not kept, send it again after Error.After).
	Accept(ctx context.Context, e Envelope) (Receipt, error)

	// Ask makes a look-up and returns its answer: one XML element in the
	// sender's words. A nil error means that the look-up is on record. Nothing
	// of the question or the answer is stored.
	//
	// Errors: Invalid, NotFound (no such service), Forbidden (no approval
	// covers the question), Throttled (quota, or too much at once), Unavailable,
	// Denied or Unknown (the upstream gave no answer). Throttled and the last
	// three may be asked again, after Error.After.
	Ask(ctx context.Context, e Envelope) ([]byte, error)
}

// Source receives messages from departments and hands them to the line until
// ctx ends. It returns nil after an orderly end.
type Source interface {
	Run(ctx context.Context, line Line) error
}

// Sink delivers documents to one upstream.
//
// Deliver is called at least once for each message and always with the same
// id, so an upstream that honours request codes gives every message one
// effect. The error's Kind decides what becomes of the message: the first
// four kinds retry it, the others park it.
type Sink interface {
	Deliver(ctx context.Context, id ID, d Document) (Ack, error)
}
