package duty

import (
	"strings"
	"time"
	"unicode/utf8"

	"steward/internal/base/errs"
)

// Dossier is one notification for a person to copy into the platform.
type Dossier struct {
	Kind     Kind
	Trigger  Trigger
	Role     Role
	Basis    string // the provision of the notification
	Form     string // the form that the order follows
	Sections []Section
}

// Section is fields that stand together on the form.
type Section struct {
	Title  string
	Fields []Field
}

// Field is one field of the form. Value is text as a person wrote it, without
// what no field takes: it is not safe to put into HTML as it is.
type Field struct {
	Number  string // in the glossary; empty if its number is not published or it is not on the form
	Name    string
	Basis   string // the provision that names it, or the form
	Need    Need
	Value   string
	Missing bool // required, and empty
	TooLong bool // has more characters than the form takes
	Limit   int  // characters that the form takes; 0 if none is published
	Help    string
}

// step is the place of a kind in the form; false if it has no form.
func step(k Kind) (int, bool) {
	switch k {
	case EarlyWarning:
		return 0, true
	case Notification:
		return 1, true
	case FinalReport:
		return 2, true
	}
	return 0, false
}

// Compose fills in the form of an early warning, a notification or a final
// report. What is missing is marked and is no error. errs.Problems for facts
// or texts that cannot be meant; errs.Invalid for a kind without a form.
func Compose(k Kind, f Facts, s Subject, now time.Time) (Dossier, error) {
	at, ok := step(k)
	if !ok {
		return Dossier{}, errs.Invalidf("kind", "There is no form for “%s”.", short(string(k))).
			WithHint("early warning, notification or final report")
	}
	if err := f.Check(now); err != nil {
		return Dossier{}, err
	}
	if err := s.Check(now); err != nil {
		return Dossier{}, err
	}
	d := Dossier{Kind: k, Trigger: f.Trigger, Role: f.Role, Form: Form}
	for _, duty := range Duties(f.Role, f.Trigger) {
		if duty.Kind == k {
			d.Basis = duty.Basis
		}
	}
	for _, sec := range formSections {
		out := Section{Title: sec.name}
		for _, r := range sec.rows {
			if r.need[at] != absent && (r.trigger == "" || r.trigger == f.Trigger) {
				out.Fields = append(out.Fields, fill(r, at, &f, &s))
			}
		}
		if len(out.Fields) > 0 {
			d.Sections = append(d.Sections, out)
		}
	}
	d.Sections = append(d.Sections, besides(&f, &s))
	return d, nil
}

func fill(r row, at int, f *Facts, s *Subject) Field {
	value := clean(r.value(f, s))
	return Field{
		Number: r.number, Name: r.name, Basis: basisOf(r, at, f), Need: r.need[at], Value: value,
		Missing: r.need[at] == Required && value == "",
		TooLong: r.limit > 0 && utf8.RuneCountInString(value) > r.limit,
		Limit:   r.limit, Help: r.help,
	}
}

// basisOf is the provision that names a field at a step, or the form.
func basisOf(r row, at int, f *Facts) string {
	where := r.basis[at]
	if f.Trigger == Incident {
		where = r.incident[at]
	}
	switch {
	case where == "" && r.number == "":
		return Form
	case where == "":
		return Form + ", field " + r.number
	case f.Role == Steward && strings.HasPrefix(where, "14"):
		return art24 + where
	}
	return law + ", Article " + where
}

// besides are what a person needs at hand that the form itself does not ask.
func besides(f *Facts, s *Subject) Section {
	var earlier []string
	for _, k := range Kinds() {
		for _, x := range f.Filings {
			if x.Kind == k {
				line := string(k) + ", " + stamp(x.At)
				if x.Reference != "" {
					line += ", " + oneLine(x.Reference)
				}
				earlier = append(earlier, line)
			}
		}
	}
	return Section{Title: "Not on the form", Fields: []Field{
		{Name: "Member State of the main establishment", Basis: law + ", Article 14(7)", Need: IfKnown, Value: MemberState(s.Establishment),
			Help: "Its CSIRT is the one notified. It is chosen when the account is registered."},
		{Name: "Contact", Basis: Form, Need: Optional, Value: clean(s.Contact), Help: "The platform takes it from the account of who submits."},
		{Name: "Submitted before", Basis: Form, Need: Optional, Value: strings.Join(earlier, "\n"), Help: "A later step is added to the same notification."},
	}}
}

// Missing lists the required fields that are empty, in the order of the form.
func (d Dossier) Missing() []Field {
	return d.which(func(f Field) bool { return f.Missing })
}

// Open lists the fields that the law names under a condition and that are
// empty: somebody has to see whether the condition holds.
func (d Dossier) Open() []Field {
	return d.which(func(f Field) bool { return f.Need == IfKnown && f.Value == "" })
}

// TooLong lists the fields with more text than the form takes.
func (d Dossier) TooLong() []Field {
	return d.which(func(f Field) bool { return f.TooLong })
}

func (d Dossier) which(want func(Field) bool) []Field {
	var out []Field
	for _, s := range d.Sections {
		for _, f := range s.Fields {
			if want(f) {
				out = append(out, f)
			}
		}
	}
	return out
}
