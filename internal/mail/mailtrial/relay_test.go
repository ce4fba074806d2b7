package mailtrial

import (
	"testing"

	"steward/internal/base/db"
	"steward/internal/mail"
	"steward/internal/mail/mailtest"
)

// TestRelayTLS: each way to encrypt that the settings have is one that the
// relay knows.
func TestRelayTLS(t *testing.T) {
	t.Parallel()
	for way, options := range map[string]mailtest.SinkOptions{"starttls": {RequireTLS: true}, "tls": {ImplicitTLS: true}} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			options.TLS = mailtest.NewAuthority(t)
			sink := mailtest.Sink(t, options)
			o := newOffice(t, plan{engine: "sqlite", relay: sink.Addr, more: "relay_tls = \"" + way + "\"\n", env: []string{"SSL_CERT_FILE=" + options.TLS.File}})
			o.must(o.DB.Write(t.Context(), func(tx *db.Tx) error {
				return o.Mail.PostMemo(t.Context(), tx, mail.Memo{Key: "1", To: "ada@people.test", Subject: "A memo", Text: "Words."})
			}))
			o.start()
			o.settle()
			if got := sink.Messages(); len(got) != 1 || !got[0].TLS && way == "starttls" {
				t.Errorf("%d messages came", len(got))
			}
		})
	}
}
