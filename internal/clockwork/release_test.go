package clockwork

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/cvd"
	"steward/internal/publish/render"
)

// The trial begins a year ago, so that what it signs is past when it is checked.
var start = time.Now().UTC().AddDate(-1, 0, 14).Truncate(time.Hour)

// hour is a release that is set.
type hour struct {
	at    time.Time
	zone  string // in which it was chosen
	title string
	owed  time.Duration // how long it has been due, of the time in which Steward ran
	due   bool          // it has been
	out   bool          // it is public
}

// hoursOf gives the hours of a zone that are tried: around each change of its
// clocks, or any two where there is none.
func hoursOf(t *testing.T, zone string) (list []*hour) {
	t.Helper()
	var at []time.Time
	for _, c := range changes(t, zone, start.AddDate(0, 0, 1), start.AddDate(1, 0, -20)) {
		skew := time.Duration(c.to-c.from) * time.Second
		at = append(at, c.at.Add(-time.Minute), c.at, c.at.Add(time.Minute), c.at.Add(skew.Abs()).Add(time.Second*59))
	}
	if len(at) == 0 {
		at = append(at, start.AddDate(0, 1, 0).Add(11*time.Minute), start.AddDate(0, 7, 0).Add(13*time.Minute))
	}
	for _, one := range at {
		one = one.UTC().Truncate(time.Minute)
		in := zone
		got, err := cvd.LocalHour(one.In(location(t, zone)).Format(layout), zone)
		if err != nil { // it comes twice: the way out is to write it in UTC
			in = "UTC"
			got, err = cvd.LocalHour(one.Format(layout), in)
		}
		if err != nil || !got.Equal(one) {
			t.Errorf("%s in %s is %v, %v", one, zone, got, err)
		}
		list = append(list, &hour{at: got, zone: in})
	}
	return list
}

// event is what happens so long before or after an hour.
type event struct {
	after time.Duration
	do    func(w *world)
}

func set(ahead time.Duration) func(*world) { return func(w *world) { w.m.set(ahead) } }
func vouch(yes bool) func(*world)          { return func(w *world) { w.m.vouch(yes) } }
func slew(rate float64) func(*world)       { return func(w *world) { w.m.slew(rate) } }

func stop(w *world)    { w.stop() }
func restart(w *world) { w.stop(); w.start() }

const (
	second = time.Second
	ms     = time.Millisecond
)

// scenes are what happens around an hour.
var scenes = []struct {
	name   string
	events []event
}{
	{"nothing happens", nil},
	{"a restart just before", []event{{-300 * ms, restart}}},
	{"a restart just after", []event{{100 * ms, restart}}},
	{"stopped at the hour", []event{{-900 * ms, stop}, {2700 * ms, restart}}},
	{"set an hour ahead", []event{{-2 * second, set(time.Hour)}, {2 * second, set(0)}}},
	{"set an hour ahead, then right", []event{{-2 * second, set(time.Hour)}, {-1 * second, set(0)}}},
	{"set a day ahead", []event{{-2500 * ms, set(24 * time.Hour)}, {2 * second, set(0)}}},
	{"set an hour back, right after the hour", []event{{-2 * second, set(-time.Hour)}, {1300 * ms, set(0)}}},
	{"an hour back while stopped, set right by a time server", []event{
		{-2 * second, func(w *world) { w.stop(); w.m.set(-time.Hour); w.start() }},
		{1300 * ms, func(w *world) { w.m.set(0); w.m.vouch(true) }}, {3 * second, vouch(false)}}},
	{"an hour back while stopped, set right by hand", []event{
		{-2 * second, func(w *world) { w.stop(); w.m.set(-time.Hour); w.start() }},
		{1300 * ms, func(w *world) { w.m.set(0); restart(w) }}}},
	{"set an hour back after it", []event{{900 * ms, set(-time.Hour)}, {1500 * ms, restart}, {2500 * ms, func(w *world) { w.m.set(0); restart(w) }}}},
	{"a leap second before it", []event{{-1 * second, set(-second)}, {2 * second, set(0)}}},
	{"slewed", []event{{-2800 * ms, slew(500e-6)}, {1 * second, slew(-500e-6)}, {2 * second, slew(0)}, {2 * second, set(0)}}},
	{"a time server that is never wrong", []event{{-2800 * ms, vouch(true)}, {1500 * ms, vouch(false)}}},
}

// TestTimedReleases sets an advisory for each hour and lets the year pass.
func TestTimedReleases(t *testing.T) {
	t.Parallel()
	engines := []string{"sqlite"}
	if every {
		engines = append(engines, "postgres")
	}
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			seed := uint64(time.Now().UnixNano())
			dice := rand.New(rand.NewPCG(seed, 1))
			var all []*hour
			for _, zone := range zones {
				all = append(all, hoursOf(t, zone)...)
			}
			dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			if !every {
				all = all[:len(scenes)]
			}
			w := newWorld(t, engine)
			for i, h := range all {
				w.prepare(h, i)
			}
			slices.SortStableFunc(all, func(a, b *hour) int { return a.at.Compare(b.at) })
			for i, h := range all {
				if !h.out {
					w.pass(h, scenes[i%len(scenes)].name, scenes[i%len(scenes)].events, dice)
				}
			}
			w.finish()
			t.Logf("seed %d: %d releases in %d zones, %d restarts; none early, the latest after %s; the work took %s at most", seed, len(all), len(zones), w.restarts, w.latest.Round(ms), w.work.Round(ms))
		})
	}
}

// TestSetBackAfterRelease starts with a clock that is an hour ahead, so that
// something is published with a time that is still to come, and has a time
// server set it right. What is due then goes out all the same, and so does a
// revision of what was published.
func TestSetBackAfterRelease(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	w.stop()
	w.m.set(time.Hour)
	w.start()
	first, next := &hour{at: start.Add(2 * time.Hour), zone: "UTC"}, &hour{at: start.Add(2*time.Hour + 10*time.Minute), zone: "UTC"}
	id := w.prepare(first, 0)
	w.prepare(next, 1)
	w.m.run(time.Hour)
	first.due = true // by the clock that was believed at the start: nothing is there to tell it better
	w.scene = "an hour ahead from the start"
	for range 8 {
		w.tick()
	}
	if !first.out || next.out {
		t.Fatal("the first release is not public, or the second is")
	}
	w.scene = "set right by a time server"
	w.m.set(0)
	w.m.vouch(true)
	w.tick()
	w.write(id, "The remedy is tested.")
	a, err := w.app.Cases.Release(w.ctx, lead, id, w.version(id), cvd.Slot{Zone: "UTC", Override: "any day will do"})
	w.must(err)
	w.revisions++
	w.must(w.app.Publish(w.ctx))
	if text, err := w.app.Publisher.Tree.Read(render.TextPath(a.ID)); err != nil || !strings.Contains(string(text), "The remedy is tested.") {
		t.Errorf("the revision is not in the tree: %v", err)
	}
	for w.m.now().Before(next.at.Add(2 * time.Second)) {
		w.tick()
		if next.at.Sub(w.m.now()) > time.Minute {
			w.m.run(30 * time.Second)
		}
	}
	if !next.out {
		t.Error("the second release is not public")
	}
	w.finish()
}

// pass lets the time around an hour pass, with what happens in it.
func (w *world) pass(h *hour, scene string, events []event, dice *rand.Rand) {
	w.t.Helper()
	w.scene = fmt.Sprintf("%s (%s, chosen in %s)", scene, h.at.Format(time.RFC3339), h.zone)
	from := h.at.Add(-3*second - time.Duration(dice.Int64N(int64(step))))
	if idle := from.Sub(w.m.now()); idle > 0 {
		w.m.run(idle)
	}
	for until := h.at.Add(4 * second); w.m.now().Before(until); {
		for len(events) > 0 && !w.m.now().Before(h.at.Add(events[0].after)) {
			events[0].do(w)
			events = events[1:]
		}
		w.tick()
	}
	if len(events) > 0 || !h.out {
		w.t.Fatalf("%s: not public in the end; %d events did not happen", w.scene, len(events))
	}
}
