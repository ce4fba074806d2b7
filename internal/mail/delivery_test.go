package mail

import (
	"testing"

	"steward/internal/base/jobs"
)

// TestFateOfLetters: every state of a job has a word, and only what a person
// can move is stuck.
func TestFateOfLetters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		s     jobs.Status
		want  DeliveryState
		stuck bool
	}{
		{jobs.Status{State: jobs.Waiting}, OnItsWay, false},
		{jobs.Status{State: jobs.Running, Attempts: 1}, OnItsWay, false},
		{jobs.Status{State: jobs.Waiting, Attempts: 1, Problem: "temporary: 451"}, Delayed, false},
		{jobs.Status{State: jobs.Running, Attempts: 2, Problem: "temporary: 451"}, Delayed, false},
		{jobs.Status{State: jobs.Done, Attempts: 2, Problem: "temporary: 451"}, Sent, false},
		{jobs.Status{State: jobs.Failed, Problem: "permanent: 550"}, Failed, true},
		{jobs.Status{State: jobs.Failed, Problem: cameBack + ": 5.1.1"}, CameBack, true},
		{jobs.Status{State: jobs.Dropped}, Dropped, false},
	} {
		if got := stateOf(tt.s); got != tt.want || (Delivery{State: got}).Stuck() != tt.stuck {
			t.Errorf("%+v is %q", tt.s, got)
		}
	}
}

// TestNoticeByItsLetters: an organisation has its notice once one letter is
// out; what only a person can move is told from what goes on by itself.
func TestNoticeByItsLetters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		letters []DeliveryState // "": there is none
		want    NoticeState
		lost    bool
	}{
		{nil, NoticeNone, true},
		{[]DeliveryState{"", ""}, NoticeNone, true},
		{[]DeliveryState{Sent, ""}, NoticeSent, false},
		{[]DeliveryState{Sent, OnItsWay}, NoticeSent, false},
		{[]DeliveryState{Sent, CameBack}, NoticePartly, false},
		{[]DeliveryState{Failed, Sent}, NoticePartly, false},
		{[]DeliveryState{Failed, OnItsWay}, NoticeUnder, false},
		{[]DeliveryState{CameBack, Delayed}, NoticeDelayed, false},
		{[]DeliveryState{CameBack, Failed}, NoticeMissed, true},
		{[]DeliveryState{CameBack}, NoticeMissed, true},
		{[]DeliveryState{Dropped}, NoticeMissed, true},
	} {
		var letters []ToContact
		for _, s := range tt.letters {
			l := ToContact{}
			if s != "" {
				l.Delivery = &Delivery{State: s}
			}
			letters = append(letters, l)
		}
		if got := noticeState(letters); got != tt.want || (Notified{Notice: got}).Lost() != tt.lost {
			t.Errorf("%v is %q", tt.letters, got)
		}
	}
}
