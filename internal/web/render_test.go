package web

import (
	"net/url"
	"reflect"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/base/look/looktest"
	"steward/internal/cvd"
	"steward/internal/predisclosure"
)

// everyPage is a page of each template.
var everyPage = map[string]any{
	"fail": failPage{BackTo: "Queue"}, "report": reportPage{}, "receipt": receiptPage{}, "phrase": phrasePage{}, "mailbox": mailboxPage{},
	"signin": signInPage{}, "link": linkPage{}, "enrol": enrolPage{}, "queue": queuePage{}, "case": overviewPage{}, "decide": decidePage{},
	"reports": reportsPage{}, "messages": messagesPage{}, "notes": notesPage{}, "facts": factsPage{}, "embargo": embargoPage{},
	"patch": patchPage{}, "draft": draftPage{}, "preview": previewPage{}, "release": releasePage{}, "participants": participantsPage{},
	"timeline": timelinePage{}, "people": peoplePage{}, "person": personPage{}, "me": mePage{}, "audit": auditPage{}, "system": systemPage{},
	"subscribe": subscribePage{}, "asked": askedPage{}, "subscription": subscriptionPage{}, "ended": endedPage{},
	"subscribers": subscribersPage{}, "webhook": webhookPage{},
	"mail": mailPage{}, "onemail": onemailPage{}, "out": outPage{}, "claim": claimPage{}, "rota": rotaPage{}, "law": lawPage{},
	"matter": matterPage{}, "dossier": dossierPage{},
	"lists": listsPage{}, "apply": applyPage{}, "applied": appliedPage{}, "teamlists": teamListsPage{}, "list": listPage{}, "listedit": editListPage{},
	"listmember": listMemberPage{}, "memberships": membershipsPage{}, "membership": membershipPage{}, "distribution": distributionPage{}, "portal": portalPage{}, "burn": burnView{}, "evidence": evidencePage{},
}

// TestEveryPage renders each page with nothing in it, and with something in
// every field of every struct that it shows.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	pages, err := look.Parse(templates, "templates", functions())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages.Names() {
		page, ok := everyPage[name]
		if !ok {
			t.Errorf("no test renders the page %q", name)
			continue
		}
		for how, fill := range map[string]filler{"empty": {}, "full": {many: 2}} {
			v := reflect.New(reflect.TypeOf(page)).Elem()
			v.Set(reflect.ValueOf(page))
			fill.value(v, 0)
			html, err := pages.Render(name, v.Interface())
			if err != nil {
				t.Errorf("%s: %v", how, err)
				continue
			}
			for _, fault := range looktest.Faults(html) {
				if how == "full" && duplicateID(fault) { // the filler gives all the same name
					continue
				}
				t.Errorf("%s %s: %s", how, name, fault)
			}
		}
	}
	if n := len(pages.Names()); n != len(everyPage) {
		t.Errorf("%d pages are tested and %d exist", len(everyPage), n)
	}
}

func duplicateID(fault string) bool { return len(fault) > 3 && fault[:3] == "id " }

// filler puts something into every field, or into none but those without
// which no handler renders a page.
type filler struct{ many int }

func (f filler) value(v reflect.Value, depth int) {
	if depth > 12 {
		return
	}
	if !v.CanSet() { // an embedded struct of ours
		f.fields(v, depth)
		return
	}
	switch x := v.Addr().Interface().(type) {
	case *look.Shell:
		f.fields(v, depth)
		x.Title, x.Team = "Page", "Team"
		return
	case *time.Time:
		if f.many > 0 {
			*x = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
		}
		return
	case *url.Values:
		*x = url.Values{}
		return
	case **predisclosure.Member, **cvd.Portal, **cvd.Burned, **cvd.View, **cvd.Mailbox, **cvd.DraftView, **cvd.Embargo, **cvd.Patch, **errs.Error:
		v.Set(reflect.New(v.Type().Elem())) // a handler gives these always
		f.value(v.Elem(), depth+1)
		return
	case *advisory.Level:
		if f.many > 0 {
			*x = advisory.High
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		f.fields(v, depth)
	case reflect.Pointer:
		if f.many > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			f.value(v.Elem(), depth+1)
		}
	case reflect.Slice:
		for range f.many {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		}
		for i := range v.Len() {
			f.value(v.Index(i), depth+1)
		}
	case reflect.String:
		if f.many > 0 {
			v.SetString("shield")
		}
	case reflect.Bool:
		v.SetBool(f.many > 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.many))
	}
}

func (f filler) fields(v reflect.Value, depth int) {
	for i := range v.NumField() {
		if field := v.Field(i); field.CanSet() || v.Type().Field(i).Anonymous {
			f.value(field, depth+1)
		}
	}
}
