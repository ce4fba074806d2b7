package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/browse"
	"steward/internal/base/db"
	"steward/internal/base/sign"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/mail"
	"steward/internal/mail/compose"
	"steward/internal/mail/relay"
)

// How long a check waits for its report to be seen, and how often it looks.
const (
	checkWait = 2 * time.Minute
	checkLook = 500 * time.Millisecond
)

// channels are the ways in which reporters reach the team, as they are now.
func (a *App) channels() []intake.Channel {
	list := []intake.Channel{intake.Web, intake.API}
	if m := a.Config.Mail; m.Listen != "" || m.LMTPListen != "" {
		list = append(list, intake.Mail)
	}
	return list
}

// checkChannels sends a report to ourselves by each channel, as a stranger
// would, and follows it to where the team would see it. Who looks after the
// team is told of a channel that is dead.
func (a *App) checkChannels(ctx context.Context) error {
	for _, ch := range a.channels() {
		k, err := a.Cases.BeginCheck(ctx, acl.Myself(), ch)
		if err != nil {
			return err
		}
		words := ""
		if err := a.sendCheck(ctx, k); err != nil {
			a.log.Warn("a channel check could not be sent", "channel", string(ch), "error", err)
			words = "its report could not be sent"
		}
		if k, err = a.followCheck(ctx, k, words); err != nil {
			return err
		}
		a.proofs.lookAgain()
		if k.Problem != "" {
			a.log.Error("a channel is dead", "channel", string(ch), "problem", k.Problem)
			if err := a.alarm(ctx, "channel/"+k.ID, "A channel for reports does not work",
				fmt.Sprintf("Steward sent a report to itself by %s, and it did not arrive: %s.\n\nUntil this is mended, nobody reaches you that way.\n", channelName(ch), k.Problem)); err != nil {
				return err
			}
		}
	}
	return nil
}

func channelName(ch intake.Channel) string {
	return map[intake.Channel]string{intake.Web: "the web form", intake.API: "the API", intake.Mail: "encrypted mail"}[ch]
}

// followCheck waits until the report of a check is seen, or gives it up.
func (a *App) followCheck(ctx context.Context, k cvd.ChannelCheck, words string) (cvd.ChannelCheck, error) {
	for waited := time.Duration(0); ; waited += checkLook {
		giveUp := words != "" || waited >= checkWait
		got, err := a.Cases.EndCheck(ctx, acl.Myself(), k.ID, giveUp, words)
		if err != nil || !got.Ended.IsZero() {
			return got, err
		}
		select {
		case <-ctx.Done():
			return k, ctx.Err()
		case <-time.After(checkLook):
		}
	}
}

func (a *App) sendCheck(ctx context.Context, k cvd.ChannelCheck) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	title, text := cvd.CheckReport(k.ID)
	switch k.Channel {
	case intake.Web:
		return a.checkForm(ctx, title, text)
	case intake.API:
		return a.checkAPI(ctx, k.ID, title, text)
	default:
		return a.checkMail(ctx, k.ID, title, text)
	}
}

// checkForm fills in the form at the address where reporters find it.
func (a *App) checkForm(ctx context.Context, title, text string) error {
	b, err := browse.New(a.Config.BaseURL)
	if err != nil {
		return err
	}
	if err := b.Open(ctx, "/report"); err != nil {
		return err
	}
	fields := map[string]string{"summary": title, "what": text}
	if err := b.Submit(ctx, "/report", fields, "do=check"); err != nil {
		return err
	}
	if err := b.Submit(ctx, "/report", nil, "do=send"); err != nil {
		return err
	}
	if b.Inside("p", "phrase") == "" {
		return fmt.Errorf("the form gave no receipt")
	}
	return nil
}

func (a *App) checkAPI(ctx context.Context, id, title, text string) error {
	body, err := json.Marshal(map[string]any{"summary": title, "what": text, "credit": map[string]string{"want": "no"}})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.Config.BaseURL+"/api/v1/reports", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", "check-"+id)
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		return fmt.Errorf("the API answered %d", res.StatusCode)
	}
	return nil
}

// checkMail writes an encrypted letter to the team's address: through the relay
// where there is one, as the world does, and else to our own door.
func (a *App) checkMail(ctx context.Context, id, title, text string) error {
	to, err := sign.ParseRecipient(a.Signer.PublicKey(), a.clock())
	if err != nil {
		return err
	}
	_, domain, _ := strings.Cut(a.Config.Team.Email, "@")
	l := compose.Letter{
		From: compose.Address{Name: "Channel check", Email: "channel-check@" + domain}, To: compose.Address{Email: a.Config.Team.Email},
		Subject: title, Text: text, Date: a.clock(), MessageID: "check." + id + "@" + a.Config.Mail.Host,
	}
	msg, err := compose.Encrypted(l, a.Signer, to, "", rand.Reader)
	if err != nil {
		return err
	}
	send := a.Mail.Send
	if send == nil {
		door := &relay.Pool{Relay: relay.Relay{Address: a.Config.Mail.Listen, TLS: relay.None, Helo: a.Config.Mail.Host}}
		defer door.Close()
		send = sender(door)
	}
	return send(ctx, l.From.Email, l.To.Email, msg, nil)
}

// alarm tells those who look after the team of something that no case is about.
func (a *App) alarm(ctx context.Context, key, subject, text string) error {
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		users, err := a.Accounts.Holding(ctx, acl.Myself(), tx, acl.Lead, acl.ProgrammeManager)
		if err != nil {
			return err
		}
		for _, u := range users {
			if err := a.memoTo(ctx, tx, u, key, subject, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// memoTo writes a memo to a user, encrypted if their key is known.
func (a *App) memoTo(ctx context.Context, tx *db.Tx, u account.User, key, subject, text string) error {
	r, err := a.Accounts.Reach(ctx, acl.Myself(), tx, u.ID)
	if err != nil || r.Email == "" {
		return err
	}
	return a.Mail.PostMemo(ctx, tx, mail.Memo{
		Key: key + "/" + u.ID, To: r.Email, Name: r.Name, Subject: "[" + a.Config.Team.Name + "] " + subject, Text: text, PGPKey: r.Key.Armored,
	})
}
