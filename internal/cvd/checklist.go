package cvd

import (
	"slices"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
)

// Item is one thing that a case needs before its end.
type Item struct {
	Code     string     `json:"code"` // a stable word: "acknowledge"
	Text     string     `json:"text"` // what to do
	Why      string     `json:"why"`
	Done     bool       `json:"done"`
	Blocking bool       `json:"blocking"` // the release waits for it
	Action   acl.Action `json:"action"`   // what a role must allow to do it
	Due      time.Time  `json:"due,omitzero"`
}

// asked is a case of which a task is asked, and whether its draft has no
// problem that stops the release.
type asked struct {
	*Case
	clean bool
}

// task is an Item before it is asked of a case.
type task struct {
	code, text, why string
	action          acl.Action
	blocking        bool
	when            func(asked) bool // nil: always
	done            func(asked) bool
	due             func(asked) time.Time // nil: no date
}

// tasks is the whole way from a report to the end of its case, in order.
var tasks = []task{
	{code: "acknowledge", text: "Acknowledge the report.",
		why:    "Until a person answers, the reporter cannot know that anyone has read it.",
		action: acl.CaseAcknowledge,
		done:   func(c asked) bool { return !c.Acknowledged.IsZero() },
		due:    func(c asked) time.Time { return c.AcknowledgeBy }},
	{code: "answer", text: "Answer the reporter's message.",
		why:    "It has not been read, or it waits for an answer.",
		action: acl.MessageWrite,
		when:   func(c asked) bool { return !c.AnswerBy.IsZero() },
		done:   func(asked) bool { return false },
		due:    func(c asked) time.Time { return c.AnswerBy }},
	{code: "decide", text: "Find out whether the report holds, and decide on it.",
		why:    "What happens next, and what the reporter can expect, follows from it.",
		action: acl.CaseDispose, blocking: true,
		done: func(c asked) bool { return c.Disposition() != "" }},
	{code: "status", text: "Tell the reporter when they will hear more.",
		why:    "A reporter who hears nothing has reason to go public alone.",
		action: acl.MessageWrite,
		done:   func(c asked) bool { return !c.NextStatus.IsZero() || c.Public() },
		due:    func(c asked) time.Time { return c.NextStatus }},
	{code: "embargo", text: "Agree on the hour at which it becomes public.",
		why:    "Whoever knows of it must know how long to keep silent.",
		action: acl.EmbargoDecide,
		done: func(c asked) bool {
			return c.Embargo.State == EmbargoActive || c.Embargo.State == EmbargoExited || c.Public()
		}},
	collisionTask,
	burnTask,
	{code: "patch", text: "Start the patch.",
		why:    "Someone must write the fix, in a place that is not public.",
		action: acl.PatchEdit,
		done:   func(c asked) bool { return c.Patch.State != PatchNone }},
	{code: "severity", text: "Assess the severity.",
		why:    "Users decide by it how soon they upgrade.",
		action: acl.CaseEdit, blocking: true,
		done: func(c asked) bool { return c.Fields.Severity.Level.Valid() }},
	{code: "affected", text: "Say which versions are affected.",
		why:    "Users, packagers and scanners look for their version first.",
		action: acl.CaseEdit, blocking: true,
		done: func(c asked) bool { return len(c.Fields.Affected) > 0 }},
	{code: "cve", text: "Get a CVE number.",
		why:    "It is the name by which others can speak of the same vulnerability.",
		action: acl.CaseEdit,
		done:   func(c asked) bool { return c.Fields.CVE != "" }},
	{code: "patch-review", text: "Have the patch reviewed.",
		why:    "A wrong fix under time pressure is the most common second advisory.",
		action: acl.PatchReview,
		done:   func(c asked) bool { return c.Patch.settled() }},
	{code: "patch-test", text: "Have the patch tested.",
		why:    "The reporter's way to reproduce it must fail now, and nothing else.",
		action: acl.PatchTest,
		done: func(c asked) bool {
			return slices.Contains([]PatchState{PatchTested, PatchReady, PatchMerged}, c.Patch.State)
		}},
	{code: "fix-ready", text: "Say that the fix is ready.",
		why:    "From here on the release is prepared.",
		action: acl.CaseEdit,
		done:   func(c asked) bool { return c.State == Releasing || c.State == PostRelease }},
	{code: "text", text: "Write the advisory.",
		why:    "What the check still finds in the draft stops the release.",
		action: acl.DraftEdit, blocking: true,
		done: func(c asked) bool { return c.settled() || c.clean }},
	{code: "share", text: "Show the draft to the reporter.",
		why:    "Nobody knows the matter better, and nobody should be surprised by the advisory.",
		action: acl.DraftShare,
		done: func(c asked) bool {
			_, shown := c.shared(c.Report)
			return shown || c.Public()
		}},
	{code: "credit", text: "Have every reporter's word on the credit.",
		why:    "Nobody is named who has not agreed, and thanks are owed to whoever has.",
		action: acl.DraftShare,
		done: func(c asked) bool {
			return !slices.ContainsFunc(c.Credits, func(k Credit) bool { return k.Consent == Unasked })
		}},
	{code: "review", text: "Have the draft reviewed by someone who did not edit it last.",
		why:    "What is public cannot be taken back.",
		action: acl.DraftReview, blocking: true,
		done: func(c asked) bool { return c.Review.Reviewed != nil || c.settled() }},
	{code: "approve", text: "Have the draft approved by someone else than its reviewer.",
		why:    "One person alone must not be able to publish.",
		action: acl.DraftApprove, blocking: true,
		done: func(c asked) bool { return c.Review.Approved != nil || c.settled() }},
	{code: "announce", text: "Announce that a fix comes.",
		why:    "With a severity like this, users should have their hands free at the hour.",
		action: acl.PrenoticeWrite,
		when:   func(c asked) bool { return c.Fields.Severity.Level.Rank() >= advisory.High.Rank() },
		done:   func(c asked) bool { return c.Prenotice != nil || c.Public() }},
	{code: "release", text: "Release the advisory, or set its hour.",
		why:    "Code, release and advisory go out together: a public fix tells whoever watches.",
		action: acl.Release,
		done:   func(c asked) bool { return c.settled() || c.scheduled() },
		due: func(c asked) time.Time {
			if c.Review.Schedule != nil {
				return c.Review.Schedule.At
			}
			if c.Embargo.Active != nil {
				return c.Embargo.Active.Until
			}
			return time.Time{}
		}},
	postTask,
	{code: "patch-merge", text: "Merge the patch and publish the version that carries it.",
		why:    "The advisory tells users to upgrade to it.",
		action: acl.PatchEdit,
		done:   func(c asked) bool { return c.Patch.State == PatchMerged }},
	{code: "close", text: "Close the case.",
		why:    "What is open asks for someone's eye every day.",
		action: acl.CaseDispose,
		done:   func(asked) bool { return false }},
}

// Checklist says what the case still needs: the first that is not done comes
// next. A case that is closed or merged needs nothing but an answer to its
// reporter. The problems are those of the lint of its draft.
func Checklist(c *Case, problems []advisory.Problem) []Item {
	a := asked{Case: c, clean: blocking(problems) == nil}
	var items []Item
	for _, t := range tasks {
		if (t.when != nil && !t.when(a)) || (!c.Open() && t.code != "answer") {
			continue
		}
		items = append(items, t.item(a))
	}
	return items
}

func (t task) item(c asked) Item {
	it := Item{Code: t.code, Text: t.text, Why: t.why, Done: t.done(c), Blocking: t.blocking, Action: t.action}
	if t.due != nil && !it.Done {
		it.Due = t.due(c)
	}
	return it
}

// settled tells whether what the draft says is what is public.
func (c *Case) settled() bool {
	return c.Review.State == DraftReleased || c.Review.State == DraftWithdrawn
}

// scheduled tells whether the release is set for an hour that can be kept.
func (c *Case) scheduled() bool {
	return c.Review.Schedule != nil && c.Review.Schedule.Failed == ""
}
