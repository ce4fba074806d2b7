package mail

import (
	"context"
	"io"
	"log/slog"
	"time"

	"steward/internal/account"
	"steward/internal/base/audit"
	"steward/internal/base/blob"
	"steward/internal/base/db"
	"steward/internal/base/jobs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/cvd"
	"steward/internal/intake"
)

// Office is where mail comes in and letters go out. All fields but those that
// say otherwise are needed.
type Office struct {
	DB       *db.DB
	Keys     *seal.Keyring
	Blobs    *blob.Store
	Audit    *audit.Log
	Jobs     *jobs.Queue
	Signer   *sign.Signer
	Cases    *cvd.Store
	Accounts *account.Store
	Linter   *intake.Linter
	Log      *slog.Logger
	Clock    func() time.Time
	Rand     io.Reader

	Address  string // of the team: security@example.org
	Team     string // its name
	Host     string // in Message-IDs
	BaseURL  string // of the pages
	MaxBytes int64  // the largest mail that is taken in

	// Send brings a message to the relay; nil: no letter is sent.
	Send Sender
	// Bounced is told of a letter that came back, by the identifier of its job;
	// permanent as an enhanced status 5.x.x says it (rfc3463:2). nil: nobody is.
	Bounced func(ctx context.Context, job string, permanent bool) error
	// Others are the kinds of jobs of others that bring a letter by Deliver: who
	// looks after the mail sees theirs in trouble, too.
	Others []string
	// LookUp finds the OpenPGP key of an address in the world; nil: nowhere.
	LookUp func(ctx context.Context, address string) ([]byte, error)

	readers readers
}

// Sender brings a message to the relay. It calls last just before the end of the
// message, unless it is nil, and does not end it if that fails. Its error is a
// *jobs.Failure: Unknown if no answer came to the end.
type Sender func(ctx context.Context, from, to string, msg []byte, last func() error) error

// lookUpTime is how long a mail waits for the key of its sender.
const lookUpTime = 10 * time.Second

func (o *Office) now() time.Time { return o.Clock().UTC().Truncate(time.Microsecond) }
