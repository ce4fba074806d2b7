package web

import (
	"bytes"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/sign"
)

// keyFor makes an OpenPGP key that is good for a hundred days.
func (h *house) keyFor(name, address string) (armored string, expires time.Time) {
	h.t.Helper()
	begins := h.clock()
	cfg := &packet.Config{Time: func() time.Time { return begins }, KeyLifetimeSecs: 100 * 24 * 3600, Algorithm: packet.PubKeyAlgoEdDSA}
	e := must(openpgp.NewEntity(name, "", address, cfg))(h.t)
	var b bytes.Buffer
	w := must(armor.Encode(&b, openpgp.PublicKeyType, nil))(h.t)
	if err := errors.Join(e.Serialize(w), w.Close()); err != nil {
		h.t.Fatal(err)
	}
	return b.String(), must(sign.PeekKey(b.Bytes()))(h.t).Expires
}

func TestOwnKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hal, lea := h.member("Hal", acl.Handler), h.member("Lea", acl.Lead)
	key, expires := h.keyFor("Hal", "hal@quillfeather.example")
	hal.get("/team/me").expect(200, "OpenPGP key").submit("/team/me/key", one("key", "nonsense")).expect(422, "This is not an OpenPGP public key", "nonsense")
	hal.submit("/team/me/key", one("key", strings.ReplaceAll(key, "\n", "\r\n"))).expect(200, "The key is kept.", "hal@quillfeather.example", expires.Format("2 January 2006"))
	id := must(h.accounts.UserNamed(t.Context(), acl.Myself(), "Hal"))(t).ID
	hal.get("/team/people/"+id).expect(200, "Fingerprint").lacks("Keep the key")
	lea.get("/team/people/"+id).expect(200, "Fingerprint", "by Hal")
	other, _ := h.keyFor("Hal", "other@quillfeather.example")
	lea.submit("/team/people/"+id+"/key", one("key", "nonsense")).expect(422, "nonsense")
	if got := lea.form("/team/people/" + id).Fields.Get("name"); got != "Hal" {
		t.Errorf("after a key was refused the name is %q", got)
	}
	lea.submit("/team/people/"+id+"/key", one("key", other)).expect(200, "other@quillfeather.example", "by Lea")
	lea.submit("/team/people/"+id+"/key/remove", nil).expect(200, "Removed.", "None is known")
	hal.get("/team/me").submit("/team/me/key", one("key", key)).expect(200, "The key is kept.")
	h.pass(expires.Sub(h.clock()) - 10*24*time.Hour)
	hal = h.again("Hal")
	hal.get("/team/me").expect(200, "It expires on")
	hal.submit("/team/me/key/remove", nil).expect(200, "Removed.").lacks("It expires on")
}

// again signs in someone whose session has ended.
func (h *house) again(name string) *browser {
	h.t.Helper()
	u := must(h.accounts.UserNamed(h.t.Context(), acl.Myself(), name))(h.t)
	_, secret, err := h.accounts.CreateLink(h.t.Context(), acl.Myself(), u.ID, account.SignIn)
	if err != nil {
		h.t.Fatal(err)
	}
	b := h.browser()
	b.get("/enrol").submit("/enrol", url.Values{"code": {secret}})
	return b.expect(200)
}

// TestWarnedBeforeWriting: who writes to someone whose key is no good is told
// before.
func TestWarnedBeforeWriting(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hal := h.member("Hal", acl.Handler)
	key, expires := h.keyFor("Ada", "ada@reporter.example")
	report := fullReport()
	report.Set("pgp_key", key)
	sendReport(h, h.browser(), report)
	at := string(caseLink.FindSubmatch(hal.get("/team").page)[1])
	hal.get(at + "/messages").expect(200).lacks("The reporter’s key")
	h.pass(expires.Sub(h.clock()) - 10*24*time.Hour)
	hal = h.again("Hal")
	hal.get(at+"/messages").expect(200, "The reporter’s key expires on "+expires.Format("2 January 2006"))
	h.pass(11 * 24 * time.Hour)
	hal = h.again("Hal")
	hal.get(at+"/messages").expect(200, "The reporter’s key cannot be used", "only that there is something to read")

	cora := must(h.accounts.AddUser(t.Context(), acl.Myself(), account.Profile{Name: "Cora"}))(t)
	good, until := h.keyFor("Cora", "cora@cert.example")
	if _, err := h.accounts.SetKey(t.Context(), acl.Myself(), cora.ID, good); err != nil {
		t.Fatal(err)
	}
	hal.get(at+"/people").submit(at+"/people", one("name", "Cora", "role", "coordinator")).expect(200).lacks("Cora’s key")
	h.pass(until.Sub(h.clock()) + time.Hour)
	h.again("Hal").get(at+"/people").expect(200, "Cora’s key cannot be used")
}

func TestClaim(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.arrives("Ada Example <ada@reporter.example>", "A crash", "The parser crashes on a long name.")
	var code string
	for _, l := range h.letters {
		if m := regexp.MustCompile(`(?m)^ {4}([0-9a-z]+(?:-[0-9a-z]+)+)`).FindStringSubmatch(l.text); m != nil {
			code = m[1]
		}
	}
	if code == "" {
		t.Fatalf("no letter has a code: %+v", h.letters)
	}
	b := h.browser()
	b.get(mailboxPath).expect(200, "You wrote to us by mail?").get("/mailbox/claim?code="+code).expect(200, "Show the code").lacks(code)
	b.submit("/mailbox/claim", one("code", "wrong-code")).expect(422, "No letter of ours has this code").lacks("wrong-code")
	b.submit("/mailbox/claim", one("code", " "+strings.ToUpper(code)+" ")).expect(200, "Keep these twelve words")
	phrase := string(phraseIn.FindSubmatch(b.page)[1])
	other := h.browser()
	other.get("/mailbox/claim").submit("/mailbox/claim", one("code", code)).expect(409, "This code was used on").lacks(code)
	other.get(mailboxPath).submit(mailboxPath, one("phrase", phrase)).expect(200, "We have your report")
	for range 20 {
		other = h.browser()
		other.get("/mailbox/claim").submit("/mailbox/claim", one("code", "x"))
	}
	other.expect(429, "Please wait a little")
	if strings.Contains(h.log.String(), code) {
		t.Error("the code is in the log")
	}
}
