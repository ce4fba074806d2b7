package app_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/cvd"
)

// need is what a route asks of its caller.
type need struct {
	see acl.Action // who may know of the record; "" where there is none to know of
	do  acl.Action // who may do the deed; "" for anyone
}

// apiNeeds says for every route of the API which action it is. A route that is
// not here fails the test.
var apiNeeds = map[string]need{
	"GET /{$}":               {},
	"POST /reports":          {do: acl.ReportSubmit},
	"POST /reports/lint":     {},
	"POST /reports/internal": {see: acl.ReportSubmit, do: acl.ReportOpen},

	"GET /mailbox":              {do: acl.MailboxRead},
	"POST /mailbox/messages":    {do: acl.MailboxWrite},
	"POST /mailbox/credit":      {do: acl.CreditConfirm},
	"GET /mailbox/files/{file}": {do: acl.MailboxRead},

	"GET /cases":                          {do: acl.QueueRead},
	"GET /mine":                           {do: "any user"},
	"GET /cases/{id}":                     {do: acl.CaseRead},
	"GET /cases/{id}/timeline":            {see: acl.CaseRead, do: acl.TimelineRead},
	"GET /cases/{id}/files/{file}":        {see: acl.CaseRead, do: acl.ReportRead},
	"GET /cases/{id}/original/{report}":   {see: acl.CaseRead, do: acl.MessageRead}, // it names the reporter
	"POST /cases/{id}/acknowledge":        {see: acl.CaseRead, do: acl.CaseAcknowledge},
	"POST /cases/{id}/dispose":            {see: acl.CaseRead, do: acl.CaseDispose},
	"POST /cases/{id}/move":               {see: acl.CaseRead, do: acl.CaseDispose},
	"POST /cases/{id}/merge":              {see: acl.CaseRead, do: acl.CaseMerge},
	"POST /cases/{id}/facts":              {see: acl.CaseRead, do: acl.CaseEdit},
	"POST /cases/{id}/promise":            {see: acl.CaseRead, do: acl.CaseEdit},
	"POST /cases/{id}/notes":              {see: acl.CaseRead, do: acl.NoteWrite},
	"POST /cases/{id}/messages":           {see: acl.CaseRead, do: acl.MessageWrite},
	"POST /cases/{id}/read":               {see: acl.CaseRead, do: acl.MessageWrite},
	"POST /cases/{id}/people":             {see: acl.CaseRead, do: acl.CaseInvite},
	"POST /cases/{id}/people/remove":      {see: acl.CaseRead, do: acl.CaseInvite},
	"POST /cases/{id}/embargo":            {see: acl.CaseRead, do: acl.EmbargoPropose},
	"POST /cases/{id}/patch":              {see: acl.CaseRead, do: acl.PatchEdit},
	"POST /cases/{id}/patch/move":         {see: acl.CaseRead, do: acl.PatchEdit},
	"POST /cases/{id}/proofs":             {see: acl.CaseRead, do: acl.ProofAsk},
	"POST /cases/{id}/proofs/weakness":    {see: acl.CaseRead, do: acl.CaseEdit},
	"GET /cases/{id}/draft":               {see: acl.CaseRead, do: acl.DraftRead},
	"POST /cases/{id}/draft":              {see: acl.CaseRead, do: acl.DraftEdit},
	"POST /cases/{id}/draft/share":        {see: acl.CaseRead, do: acl.DraftShare},
	"POST /cases/{id}/draft/review":       {see: acl.CaseRead, do: acl.DraftReview},
	"POST /cases/{id}/draft/approve":      {see: acl.CaseRead, do: acl.DraftApprove},
	"POST /cases/{id}/schedule":           {see: acl.CaseRead, do: acl.Schedule},
	"POST /cases/{id}/unschedule":         {see: acl.CaseRead, do: acl.Unschedule},
	"POST /cases/{id}/release":            {see: acl.CaseRead, do: acl.Release},
	"POST /cases/{id}/withdraw":           {see: acl.CaseRead, do: acl.Withdraw},
	"POST /cases/{id}/prenotice":          {see: acl.CaseRead, do: acl.PrenoticeWrite},
	"POST /cases/{id}/distribution/check": {see: acl.CaseRead, do: acl.Distribute},
	"POST /cases/{id}/distribution":       {see: acl.CaseRead, do: acl.Distribute},
	"GET /cases/{id}/told":                {see: acl.CaseRead, do: acl.QueueRead},
	"GET /cases/{id}/portal":              {see: acl.CaseRead, do: acl.DraftRead},
	"POST /cases/{id}/status":             {see: acl.CaseRead, do: acl.StatusWrite},
	"POST /cases/{id}/patches":            {see: acl.CaseRead, do: acl.PatchEdit},
	"POST /cases/{id}/patches/remove":     {see: acl.CaseRead, do: acl.PatchEdit},
	"GET /cases/{id}/patches/{file}":      {see: acl.CaseRead, do: acl.PatchTest},
	"GET /cases/{id}/listtext/{kind}":     {see: acl.CaseRead, do: acl.Distribute},
	"POST /cases/{id}/posted":             {see: acl.CaseRead, do: acl.Distribute},
	"POST /cases/{id}/burn":               {see: acl.CaseRead, do: acl.Burn},
	"POST /cases/{id}/burn/withdraw":      {see: acl.CaseRead, do: acl.Burn},
	"POST /cases/{id}/trace":              {see: acl.CaseRead, do: acl.Burn},

	"GET /advisories":             {},
	"GET /advisories/{id}":        {},
	"GET /audit":                  {do: acl.AuditRead},
	"GET /users":                  {do: acl.UserRead},
	"POST /users":                 {see: acl.UserRead, do: acl.UserAdmin},
	"POST /users/{id}":            {see: acl.UserRead, do: acl.UserAdmin},
	"POST /users/{id}/disable":    {see: acl.UserRead, do: acl.UserAdmin},
	"POST /users/{id}/enable":     {see: acl.UserRead, do: acl.UserAdmin},
	"POST /users/{id}/link":       {see: acl.UserRead, do: acl.UserAdmin},
	"GET /tokens":                 {do: "any user"},
	"POST /tokens":                {do: "any user"},
	"POST /tokens/{id}/revoke":    {do: "any user"},
	"GET /subscribers":            {do: acl.SubscriberRead},
	"GET /webhooks":               {do: acl.SubscriberRead},
	"POST /webhooks":              {see: acl.SubscriberRead, do: acl.WebhookEdit},
	"GET /webhooks/{id}":          {do: acl.SubscriberRead},
	"POST /webhooks/{id}":         {see: acl.SubscriberRead, do: acl.WebhookEdit},
	"POST /webhooks/{id}/rotate":  {see: acl.SubscriberRead, do: acl.WebhookEdit},
	"POST /webhooks/{id}/disable": {see: acl.SubscriberRead, do: acl.WebhookEdit},
	"POST /webhooks/{id}/enable":  {see: acl.SubscriberRead, do: acl.WebhookEdit},
	"POST /webhooks/{id}/remove":  {see: acl.SubscriberRead, do: acl.WebhookEdit},
	"GET /cases/{id}/law":         {see: acl.CaseRead, do: acl.LawRead},
	"POST /cases/{id}/law":        {see: acl.CaseRead, do: acl.LawEdit},
	"POST /cases/{id}/law/file":   {see: acl.CaseRead, do: acl.LawEdit},
	"GET /cases/{id}/law/dossier": {see: acl.CaseRead, do: acl.LawRead},
	"GET /cases/{id}/deliveries":  {see: acl.CaseRead, do: acl.MessageRead},
	"GET /mail":                   {do: acl.MailRead},
	"POST /mail":                  {see: acl.MailRead, do: acl.MailDecide},
	"GET /mail/{id}":              {do: acl.MailRead},
	"GET /mail/{id}/raw":          {do: acl.MailRead},
	"POST /mail/{id}/release":     {see: acl.MailRead, do: acl.MailDecide},
	"POST /mail/{id}/discard":     {see: acl.MailRead, do: acl.MailDecide},
	"GET /deliveries":             {do: acl.MailRead},
	"POST /deliveries/{id}/retry": {see: acl.MailRead, do: acl.MailDecide},
	"GET /key":                    {do: "any user"},
	"POST /key":                   {do: "any user"},
	"POST /key/remove":            {do: "any user"},
	"GET /users/{id}/key":         {do: acl.UserRead},
	"POST /users/{id}/key":        {see: acl.UserRead, do: acl.UserAdmin},
	"POST /users/{id}/key/remove": {see: acl.UserRead, do: acl.UserAdmin},
	"GET /rota":                   {do: acl.RotaRead},
	"POST /rota":                  {see: acl.RotaRead, do: acl.RotaEdit},
	"GET /lists":                  {},
	"POST /lists":                 {see: acl.ListRead, do: acl.ListEdit},
	"GET /lists/{id}":             {}, // it is open
	"POST /lists/{id}":            {see: acl.ListRead, do: acl.ListEdit},
	"POST /lists/{id}/apply":      {},
	"GET /lists/{id}/members":     {do: acl.ListRead},
	"GET /memberships":            {do: "any user"},
	"GET /members/{id}":           {do: acl.ListRead},
	"POST /members/{id}/vet":      {see: acl.ListRead, do: acl.ListVet},
	"POST /members/{id}/decline":  {see: acl.ListRead, do: acl.ListVet},
	"POST /members/{id}/suspend":  {see: acl.ListRead, do: acl.ListVet},
	"POST /members/{id}/restore":  {see: acl.ListRead, do: acl.ListVet},
	"POST /members/{id}/remove":   {see: acl.ListRead, do: acl.ListVet},
	"POST /members/{id}/withdraw": {see: acl.ListRead, do: ownMember},
	"POST /members/{id}/attest":   {see: acl.ListRead, do: ownMember},
	"POST /members/{id}/accept":   {see: acl.ListRead, do: ownMember},
	"POST /members/{id}/contacts": {see: acl.ListRead, do: acl.ListVet},
	"POST /members/{id}/link":     {see: acl.ListRead, do: acl.ListVet},
}

// patchMoves and embargo: one route, several actions; the one with the widest
// circle is in the table, and cvd's own table test walks each event.

// cast is everyone who may come to a case, with the roles that they have in it.
func cast(w *world) (ref string, id string, all map[string]*person, roles map[string][]acl.Role) {
	all = map[string]*person{"anonymous": w.nobody()}
	roles = map[string][]acl.Role{"anonymous": {acl.Anonymous}}
	for _, r := range acl.Team {
		all[string(r)] = w.person("The "+string(r), r)
		roles[string(r)] = []acl.Role{r}
	}
	w.person("The target", "")
	receipts := make([]api.Receipt, 2)
	for i := range receipts {
		w.nobody().api("/reports", map[string]any{"product": "example", "summary": "A fault", "what": "It breaks.", "reporter": map[string]any{"anonymous": true}, "credit": map[string]any{"want": "no"}}, &receipts[i])
	}
	var page cvd.Page
	all["lead"].api("/cases", nil, &page)
	var v cvd.View
	for _, c := range page.Cases {
		all["lead"].api("/cases/"+c.Ref, nil, &v)
		if v.Reports[0].ID == receipts[0].Report {
			ref, id = c.Ref, c.ID
		}
	}
	for _, r := range acl.Invited {
		name := string(r)
		all[name] = w.person("The "+name, "")
		roles[name] = []acl.Role{r}
		all["lead"].api("/cases/"+ref+"/people", api.Invite{User: all[name].Name, Role: r}, nil)
	}
	other := page.Cases[0].Ref
	if other == ref {
		other = page.Cases[1].Ref
	}
	all["fixer elsewhere"] = w.person("The fixer elsewhere", "")
	roles["fixer elsewhere"] = nil
	all["lead"].api("/cases/"+other+"/people", api.Invite{User: "The fixer elsewhere", Role: acl.Fixer}, nil)
	all["reporter"], roles["reporter"] = w.holder(receipts[0].Phrase), []acl.Role{acl.Reporter}
	w.openList(all["lead"])
	return ref, id, all, roles
}

// ownMember is what the contacts of a member may do, of whom the cast has none.
const ownMember acl.Action = "be a contact of that member"

// TestEveryRoleOnEveryAPIRoute walks everyone over the whole API.
func TestEveryRoleOnEveryAPIRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	_, id, all, roles := cast(w)
	nowhere := strings.Repeat("a", len(id))
	for _, rt := range (&api.Server{}).Routes() {
		key := rt.Method + " " + rt.Path
		n, ok := apiNeeds[key]
		if !ok {
			t.Errorf("%s is in no row of the table", key)
			continue
		}
		for name, p := range all {
			path := "/api/v1" + strings.NewReplacer("{$}", "", "{id}", w.target(rt.Path, id), "{file}", nowhere, "{report}", nowhere).Replace(rt.Path)
			got := send(p, rt.Method, path)
			user := p.Role != acl.Anonymous && p.Role != acl.Reporter
			may := n.do == "" || acl.Allow(n.do, roles[name]...) || n.do == "any user" && user || key == "POST /reports" && user
			sees := may || n.see != "" && acl.Allow(n.see, roles[name]...)
			missing := got.code == http.StatusNotFound
			switch {
			case may && got.code == http.StatusForbidden:
				t.Errorf("%s as %s: %d %s, but the table allows it", key, name, got.code, got.body)
			case may && missing && !namesMore(rt.Path):
				t.Errorf("%s as %s: not found, but the table allows it", key, name)
			case !may && sees && got.code != http.StatusForbidden && !(missing && namesMore(rt.Path)):
				t.Errorf("%s as %s: %d %s, but the table does not allow it", key, name, got.code, got.body)
			case !may && !sees && !missing && got.code != http.StatusForbidden:
				t.Errorf("%s as %s: %d %s, but this caller may not even know", key, name, got.code, got.body)
			}
			if !sees && strings.Contains(rt.Path, "/cases/{id}") {
				same := send(p, rt.Method, strings.ReplaceAll(path, id, nowhere))
				if same.code != got.code || !bytes.Equal(same.body, got.body) || !missing {
					t.Errorf("%s as %s: a case that exists answers %d %s, one that does not %d %s", key, name, got.code, got.body, same.code, same.body)
				}
			}
		}
	}
}

// namesMore tells the routes whose request names something beside the case,
// which is not there in this test.
func namesMore(path string) bool {
	for _, part := range []string{"{file}", "{report}", "/merge", "/people/remove", "/patches/remove", "/proofs/weakness", "/advisories/{id}", "/tokens/{id}", "/webhooks/{id}", "/mail/{id}", "/deliveries/{id}", "/key", "/law/dossier", "/members/{id}/link"} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

// target is a record for the route's {id} that a deed may be tried on.
func (w *world) target(path, caseID string) string {
	if strings.HasPrefix(path, "/cases/") {
		return caseID
	}
	if strings.HasPrefix(path, "/users/") {
		return "The%20target"
	}
	if strings.HasPrefix(path, "/lists/") {
		return listID
	}
	if strings.HasPrefix(path, "/members/") {
		return w.member
	}
	return "none"
}

// bodies are inputs of routes whose deed depends on them.
var bodies = map[string]string{
	"/embargo":       `{"event": "propose"}`,
	"/patch/move":    `{"event": "start"}`,
	"/move":          `{"event": "close"}`,
	"/people":        `{"user": "The target", "role": "fixer"}`,
	"/people/remove": `{"user": "The target", "role": "fixer"}`,
}

// send makes a request, mostly with an empty body; what is wrong with it shows
// only to who may do the deed.
func send(p *person, method, path string) answer {
	if method == "GET" {
		return p.get(path)
	}
	body, longest := "{}", 0
	for end, b := range bodies {
		if strings.HasSuffix(path, end) && len(end) > longest {
			body, longest = b, len(end)
		}
	}
	a := p.do(method, path, strings.NewReader(body), map[string]string{"Idempotency-Key": "access-0123456789"})
	if slices.Contains([]int{200, 201, 204}, a.code) && strings.Contains(path, "disable") {
		p.do("POST", strings.Replace(path, "disable", "enable", 1), strings.NewReader("{}"), nil)
	}
	return a
}
