package cvd

import (
	"slices"
	"strings"
	"testing"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

// matrix reads a table of all events in all states: the state after the event,
// with ! where a reason is needed, or nothing where it is refused.
func matrix[S, E ~string](t *testing.T, text string) (states []S, events []E, cell map[S]map[E]string) {
	t.Helper()
	cell = map[S]map[E]string{}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if events == nil {
			for _, e := range parts[1:] {
				events = append(events, E(e))
			}
			continue
		}
		s := S(parts[0])
		states = append(states, s)
		cell[s] = map[E]string{}
		if len(parts) != len(events)+1 {
			t.Fatalf("%s: %d cells, want %d", s, len(parts)-1, len(events))
		}
		for i, e := range events {
			cell[s][e] = parts[i+1]
		}
	}
	return states, events, cell
}

// try holds a table of moves against a matrix, cell by cell.
func try[S, E ~string](t *testing.T, tab table[S, E], text string) {
	t.Helper()
	states, events, cell := matrix[S, E](t, text)
	for _, m := range tab.moves {
		if !slices.Contains(states, m.from) || !slices.Contains(states, m.to) || !slices.Contains(events, m.event) {
			t.Errorf("the matrix does not know %s --%s--> %s", m.from, m.event, m.to)
		}
	}
	for _, s := range states {
		for _, e := range events {
			want, why := strings.CutSuffix(cell[s][e], "!")
			got, err := tab.step(s, e, "because")
			if want == "" {
				if !errs.Is(err, errs.Conflict) || got != s {
					t.Errorf("%s --%s--> %s, %v; want a refusal", s, e, got, err)
				}
				continue
			}
			if err != nil || got != S(want) {
				t.Errorf("%s --%s--> %s, %v; want %s", s, e, got, err, want)
			}
			if got, err = tab.step(s, e, " "); why != errs.Is(err, errs.Invalid) || (why && got != s) {
				t.Errorf("%s --%s--> without a reason: %v; needed: %t", s, e, err, why)
			}
			if !slices.Contains(tab.events(s), e) {
				t.Errorf("%s does not list %s", s, e)
			}
			if _, err := tab.action(e); err != nil {
				t.Errorf("nobody may %s", e)
			}
		}
	}
	if _, err := tab.step(states[0], "dance", "why not"); !errs.Is(err, errs.Conflict) {
		t.Error("an unknown event was made")
	}
	if _, err := tab.action("dance"); !errs.Is(err, errs.Invalid) {
		t.Error("an unknown event has an action")
	}
	for e, a := range tab.who {
		if _, ok := acl.Table[a]; !ok {
			t.Errorf("%s: acl.Table does not know %q", e, a)
		}
	}
}

func TestCaseMoves(t *testing.T) {
	t.Parallel()
	try(t, caseTable, `
	             | acknowledge  | accept      | decline | fix ready | send back     | publish      | close   | reopen        | revisit       | merge
	receipt      | verification | remediation | closed! |           |               |              |         |               |               | merged
	verification |              | remediation | closed! |           |               |              |         |               |               | merged
	remediation  |              | remediation | closed! | release   | verification! | post-release | closed! |               |               | merged
	release      |              |             |         |           | remediation!  | post-release | closed! |               |               | merged
	post-release |              |             |         |           |               | post-release | closed  |               |               |
	closed       |              |             |         |           |               |              |         | verification! | post-release! |
	merged       |              |             |         |           |               |              |         | verification! |               |
	`)
}

func TestEmbargoMoves(t *testing.T) {
	t.Parallel()
	try(t, embargoTable, `
	         | propose  | accept | reject  | revise  | exit
	none     | proposed |        |         |         |
	proposed | proposed | active | none!   |         |
	active   |          |        |         | revise! | exited!
	revise   |          | active | active! | revise! | exited!
	exited   |          |        |         |         |
	`)
}

func TestPatchMoves(t *testing.T) {
	t.Parallel()
	try(t, patchTable, `
	              | start   | submit    | ask for changes | approve  | test passed | test failed    | ready | merge  | rework   | drop
	none          | in work |           |                 |          |             |                |       |        |          |
	in work       |         | in review |                 |          |             |                |       |        |          | none!
	in review     |         |           | changes asked!  | reviewed |             |                |       |        | in work! |
	changes asked |         | in review |                 |          |             |                |       |        |          | none!
	reviewed      |         |           |                 |          | tested      | changes asked! |       |        | in work! |
	tested        |         |           |                 |          |             | changes asked! | ready |        | in work! |
	ready         |         |           |                 |          |             | changes asked! |       | merged | in work! |
	merged        |         |           |                 |          |             |                |       |        | in work! |
	`)
}

func TestDraftMoves(t *testing.T) {
	t.Parallel()
	try(t, draftTable, `
	          | edit    | review   | ask for changes | approve  | schedule  | unschedule | release  | withdraw
	writing   | writing | reviewed | writing!        |          |           |            |          | withdrawn!
	reviewed  | writing |          | writing!        | approved |           |            |          | withdrawn!
	approved  | writing |          | writing!        |          | scheduled |            | released | withdrawn!
	scheduled | writing |          | writing!        |          | scheduled | approved   | released | withdrawn!
	released  | writing |          |                 |          |           |            |          | withdrawn!
	withdrawn |         |          |                 |          |           |            |          |
	`)
}

func TestProofMoves(t *testing.T) {
	t.Parallel()
	try(t, proofTable, `
	        | answer
	waiting | told
	told    |
	`)
}

func TestAllowedEventsFollowTheRole(t *testing.T) {
	t.Parallel()
	got := patchTable.allowed(PatchInReview, []acl.Role{acl.Reviewer})
	if !slices.Equal(got, []PatchEvent{PatchApprove, PatchAskChanges}) {
		t.Errorf("a reviewer may %v", got)
	}
	if got := caseTable.allowed(Receipt, []acl.Role{acl.Auditor}); len(got) != 0 {
		t.Errorf("an auditor may %v", got)
	}
}
