package app_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"steward/internal/base/acl"
	"steward/internal/web"
)

// pageNeeds says for every page which action it is. A page that is not here
// fails the test. open pages are anyone's.
var pageNeeds = map[string]need{
	"GET /report": {}, "POST /report": {}, "GET /mailbox/sign-in": {}, "POST /mailbox/sign-in": {},
	"GET /team/sign-in": {}, "POST /team/sign-in": {}, "GET /enrol": {}, "POST /enrol": {}, "POST /enrol/passkey": {},

	"GET /census/{path...}": {}, // for whom its setting says: TestCensus

	"GET /mailbox": {do: acl.MailboxRead}, "POST /mailbox/reply": {do: acl.MailboxWrite}, "POST /mailbox/credit": {do: acl.CreditConfirm},
	"GET /mailbox/files/{file}": {do: acl.MailboxRead}, "POST /mailbox/sign-out": {do: acl.MailboxRead},

	"GET /team": {do: anyUser}, "GET /team/new": {see: anyUser, do: acl.ReportOpen}, "POST /team/new": {see: anyUser, do: acl.ReportOpen}, "POST /team/sign-out": {do: anyUser},
	"GET /team/people": {do: acl.UserRead}, "POST /team/people": {see: acl.UserRead, do: acl.UserAdmin}, "GET /team/people/{id}": {see: acl.UserRead, do: acl.UserRead},
	"POST /team/people/{id}": {see: acl.UserRead, do: acl.UserAdmin}, "POST /team/people/{id}/link": {see: acl.UserRead, do: acl.UserAdmin},
	"POST /team/people/{id}/disable": {see: acl.UserRead, do: acl.UserAdmin}, "POST /team/people/{id}/enable": {see: acl.UserRead, do: acl.UserAdmin},
	"GET /team/me": {do: anyUser}, "POST /team/me/passkey": {do: anyUser}, "POST /team/me/remove": {do: anyUser}, "POST /team/me/token": {do: anyUser},
	"GET /team/audit": {do: acl.AuditRead}, "POST /team/audit": {do: acl.AuditRead}, "GET /team/system": {do: acl.SystemRead},
	"GET /subscribe": {}, "POST /subscribe": {}, "GET /subscribe/{token}": {}, "POST /subscribe/{token}": {},
	"GET /team/subscribers": {do: acl.SubscriberRead}, "POST /team/subscribers": {see: acl.SubscriberRead, do: acl.WebhookEdit},
	"GET /team/subscribers/{id}": {do: acl.SubscriberRead}, "POST /team/subscribers/{id}": {see: acl.SubscriberRead, do: acl.WebhookEdit},
	"POST /team/subscribers/{id}/{deed}": {see: acl.SubscriberRead, do: acl.WebhookEdit},

	"GET /mailbox/claim": {}, "POST /mailbox/claim": {}, "GET /calendar/{secret}": {},
	"POST /team/people/{id}/key": {see: acl.UserRead, do: acl.UserAdmin}, "POST /team/people/{id}/key/remove": {see: acl.UserRead, do: acl.UserAdmin},
	"POST /team/me/key": {do: anyUser}, "POST /team/me/key/remove": {do: anyUser},
	"POST /team/me/calendar": {do: anyUser}, "POST /team/me/calendar/remove": {do: anyUser},
	"GET /team/mail": {do: acl.MailRead}, "GET /team/mail/out": {do: acl.MailRead}, "GET /team/mail/{id}": {do: acl.MailRead}, "GET /team/mail/{id}/eml": {do: acl.MailRead},
	"POST /team/mail/{id}/release": {see: acl.MailRead, do: acl.MailDecide}, "POST /team/mail/{id}/discard": {see: acl.MailRead, do: acl.MailDecide},
	"POST /team/mail/out/{delivery}/retry": {see: acl.MailRead, do: acl.MailDecide},
	"GET /team/rota":                       {do: acl.RotaRead}, "POST /team/rota": {see: acl.RotaRead, do: acl.RotaEdit},

	"POST /team/cases/{id}/deliveries/{delivery}/retry": {see: acl.CaseRead, do: acl.MessageWrite},
	"GET /team/cases/{id}/law":                          {see: acl.CaseRead, do: acl.LawRead},
	"GET /team/cases/{id}/law/{trigger}":                {see: acl.CaseRead, do: acl.LawEdit},
	"POST /team/cases/{id}/law/{trigger}":               {see: acl.CaseRead, do: acl.LawEdit},
	"POST /team/cases/{id}/law/{trigger}/file":          {see: acl.CaseRead, do: acl.LawEdit},
	"GET /team/cases/{id}/law/{trigger}/{kind}":         {see: acl.CaseRead, do: acl.LawRead},
	"GET /team/cases/{id}/law/{trigger}/{kind}/text":    {see: acl.CaseRead, do: acl.LawRead},

	"GET /lists": {}, "GET /lists/{slug}/apply": {}, "POST /lists/{slug}/apply": {},
	"GET /team/lists": {do: acl.ListRead}, "POST /team/lists": {see: acl.ListRead, do: acl.ListEdit}, "GET /team/lists/new": {see: acl.ListRead, do: acl.ListEdit},
	"GET /team/lists/{slug}":                          {do: acl.ListRead},
	"GET /team/lists/{slug}/edit":                     {see: acl.ListRead, do: acl.ListEdit},
	"POST /team/lists/{slug}/edit":                    {see: acl.ListRead, do: acl.ListEdit},
	"GET /team/lists/{slug}/members/{member}":         {do: acl.ListRead},
	"POST /team/lists/{slug}/members/{member}/{deed}": {see: acl.ListRead, do: acl.ListVet},
	"GET /team/membership":                            {do: anyUser},
	"GET /team/membership/{member}":                   {do: ownMember},
	"POST /team/membership/{member}/{deed}":           {do: ownMember},

	"GET /team/cases/{id}":                       {see: acl.CaseRead, do: acl.CaseRead},
	"GET /team/cases/{id}/decide":                {see: acl.CaseRead, do: acl.CaseDispose},
	"POST /team/cases/{id}/acknowledge":          {see: acl.CaseRead, do: acl.CaseAcknowledge},
	"POST /team/cases/{id}/dispose":              {see: acl.CaseRead, do: acl.CaseDispose},
	"POST /team/cases/{id}/move":                 {see: acl.CaseRead, do: acl.CaseDispose},
	"POST /team/cases/{id}/merge":                {see: acl.CaseRead, do: acl.CaseMerge},
	"POST /team/cases/{id}/promise":              {see: acl.CaseRead, do: acl.CaseEdit},
	"GET /team/cases/{id}/report":                {see: acl.CaseRead, do: acl.ReportRead},
	"GET /team/cases/{id}/report/{report}":       {see: acl.CaseRead, do: acl.MessageRead},
	"GET /team/cases/{id}/evidence":              {see: acl.CaseRead, do: acl.ReportRead},
	"POST /team/cases/{id}/evidence":             {see: acl.CaseRead, do: acl.ProofAsk},
	"POST /team/cases/{id}/evidence/weakness":    {see: acl.CaseRead, do: acl.CaseEdit},
	"GET /team/cases/{id}/files/{file}":          {see: acl.CaseRead, do: acl.ReportRead},
	"GET /team/cases/{id}/messages":              {see: acl.CaseRead, do: acl.MessageRead},
	"POST /team/cases/{id}/messages":             {see: acl.CaseRead, do: acl.MessageWrite},
	"POST /team/cases/{id}/read":                 {see: acl.CaseRead, do: acl.MessageWrite},
	"GET /team/cases/{id}/notes":                 {see: acl.CaseRead, do: acl.NoteRead},
	"POST /team/cases/{id}/notes":                {see: acl.CaseRead, do: acl.NoteWrite},
	"GET /team/cases/{id}/facts":                 {see: acl.CaseRead, do: acl.CaseEdit},
	"POST /team/cases/{id}/facts":                {see: acl.CaseRead, do: acl.CaseEdit},
	"GET /team/cases/{id}/embargo":               {see: acl.CaseRead, do: acl.DraftRead},
	"POST /team/cases/{id}/embargo":              {see: acl.CaseRead, do: acl.EmbargoPropose},
	"GET /team/cases/{id}/patch":                 {see: acl.CaseRead, do: acl.PatchTest},
	"POST /team/cases/{id}/patch":                {see: acl.CaseRead, do: acl.PatchEdit},
	"POST /team/cases/{id}/patch/move":           {see: acl.CaseRead, do: acl.PatchEdit},
	"GET /team/cases/{id}/draft":                 {see: acl.CaseRead, do: acl.DraftEdit},
	"POST /team/cases/{id}/draft":                {see: acl.CaseRead, do: acl.DraftEdit},
	"GET /team/cases/{id}/preview":               {see: acl.CaseRead, do: acl.DraftRead},
	"GET /team/cases/{id}/release":               {see: acl.CaseRead, do: acl.DraftRead},
	"POST /team/cases/{id}/release/{deed}":       {see: acl.CaseRead, do: acl.Release},
	"GET /team/cases/{id}/distribution":          {see: acl.CaseRead, do: acl.QueueRead},
	"POST /team/cases/{id}/distribution":         {see: acl.CaseRead, do: acl.Distribute},
	"POST /team/cases/{id}/distribution/retry":   {see: acl.CaseRead, do: acl.MessageWrite},
	"POST /team/cases/{id}/distribution/posted":  {see: acl.CaseRead, do: acl.Distribute},
	"POST /team/cases/{id}/distribution/patches": {see: acl.CaseRead, do: acl.PatchEdit},
	"POST /team/cases/{id}/distribution/remove":  {see: acl.CaseRead, do: acl.PatchEdit},
	"GET /team/cases/{id}/patches/{file}":        {see: acl.CaseRead, do: acl.PatchTest},
	"GET /team/cases/{id}/portal":                {see: acl.CaseRead, do: acl.DraftRead},
	"POST /team/cases/{id}/portal/status":        {see: acl.CaseRead, do: acl.StatusWrite},
	"POST /team/cases/{id}/portal/propose":       {see: acl.CaseRead, do: acl.EmbargoPropose},
	"GET /team/cases/{id}/burn":                  {see: acl.CaseRead, do: acl.Burn},
	"POST /team/cases/{id}/burn":                 {see: acl.CaseRead, do: acl.Burn},
	"POST /team/cases/{id}/burn/keep":            {see: acl.CaseRead, do: acl.Burn},
	"POST /team/cases/{id}/burn/trace":           {see: acl.CaseRead, do: acl.Burn},
	"GET /team/cases/{id}/people":                {see: acl.CaseRead, do: acl.QueueRead},
	"POST /team/cases/{id}/people":               {see: acl.CaseRead, do: acl.CaseInvite},
	"POST /team/cases/{id}/people/remove":        {see: acl.CaseRead, do: acl.CaseInvite},
	"GET /team/cases/{id}/timeline":              {see: acl.CaseRead, do: acl.TimelineRead},
}

// anyUser is what everyone who may sign in may do.
const anyUser acl.Action = "any user"

// TestEveryRoleOnEveryPage walks everyone over all pages, by their session.
func TestEveryRoleOnEveryPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	_, id, all, roles := cast(w)
	nowhere := strings.Repeat("a", len(id))
	target, err := w.Accounts.UserNamed(t.Context(), acl.Myself(), "The target")
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range web.Patterns() {
		n, ok := pageNeeds[pattern]
		if !ok {
			t.Errorf("%s is in no row of the table", pattern)
			continue
		}
		method, path, _ := strings.Cut(pattern, " ")
		if strings.HasSuffix(path, "sign-out") || n == (need{}) {
			continue // ends the session that the next step needs; or is anyone's
		}
		for name, p := range all {
			record := id
			if strings.Contains(path, "/people/{id}") {
				record = target.ID
			}
			at := strings.NewReplacer("{id}", record, "{file}", nowhere, "{report}", nowhere, "{deed}", "now",
				"{delivery}", nowhere, "{trigger}", "exploited", "{kind}", "early-warning", "{slug}", listID, "{member}", w.member).Replace(path)
			got := visit(p, method, at)
			user := p.Role != acl.Anonymous && p.Role != acl.Reporter
			holds := func(a acl.Action) bool {
				return a == anyUser && user || a != "" && a != anyUser && acl.Allow(a, roles[name]...)
			}
			away := got.code == http.StatusSeeOther && strings.Contains(got.head.Get("Location"), "sign-in")
			inside := user && strings.HasPrefix(path, "/team") || p.Role == acl.Reporter && strings.HasPrefix(path, "/mailbox")
			may, sees := holds(n.do), holds(n.do) || holds(n.see)
			switch {
			case !inside:
				if !away {
					t.Errorf("%s as %s: %d, but this caller has no session there", pattern, name, got.code)
				}
			case may && (got.code == http.StatusForbidden || away || got.code == http.StatusNotFound && !namesMorePages(path)):
				t.Errorf("%s as %s: %d, but the table allows it", pattern, name, got.code)
			case !may && sees && got.code != http.StatusForbidden && got.code != http.StatusNotFound:
				t.Errorf("%s as %s: %d, but the table does not allow it", pattern, name, got.code)
			case !may && !sees && got.code != http.StatusNotFound && got.code != http.StatusForbidden:
				t.Errorf("%s as %s: %d, but this caller may not even know", pattern, name, got.code)
			}
			if inside && !sees && strings.Contains(path, "/cases/{id}") {
				same := visit(p, method, strings.ReplaceAll(at, id, nowhere))
				if got.code != http.StatusNotFound || same.code != got.code || !bytes.Equal(same.body, got.body) {
					t.Errorf("%s as %s: a case that exists answers %d, one that does not %d", pattern, name, got.code, same.code)
				}
			}
		}
	}
}

// namesMorePages tells the pages whose request names something beside the
// record, which is not there in this test.
func namesMorePages(path string) bool {
	for _, part := range []string{"/evidence/weakness", "{file}", "{report}", "/merge", "/people", "{deed}", "/me/remove", "/subscribers/{id}", "/mail/{id}", "{delivery}", "{kind}", "/distribution/remove", "/distribution/retry"} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

// visit opens a page or sends its form, with the form's token and nothing else.
func visit(p *person, method, path string) answer {
	if method == "GET" {
		return p.get(path)
	}
	form := url.Values{"event": {"start"}}
	if strings.HasSuffix(path, "/embargo") {
		form.Set("event", "propose")
	}
	if _, cookie, ok := strings.Cut(p.cookie, "="); ok {
		if s, _, err := p.w.Accounts.Authenticate(p.w.t.Context(), cookie); err == nil {
			form.Set("token", s.FormToken)
		}
	}
	return p.do(method, path, strings.NewReader(form.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
}
